import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { CgroupMeter } from '../../../../../../runtime/engines/docker/pod/stats/cgroup-meter.ts'
import { findCgroup } from '../../../../../../runtime/engines/docker/pod/stats/cgroup-place.ts'
import { usageOf } from '../../../../../../runtime/engines/docker/pod/stats/stream-meter.ts'
import { instant } from '../../../../../../src/kernel/instant.ts'
import { VirtualClock } from '../../../../../../src/kernel/virtual-clock.ts'
import { scratchDirectory } from '../../../../../kit/scratch.ts'

const ID = '9c1f0d'
const V1 = [
  '33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct',
  '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory',
  '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
].join('\n')
const V2 = '31 23 0:28 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw,nsdelegate'

describe('control groups of a container', () => {
  test('version 1, driver cgroupfs', () => {
    expect(findCgroup(ID, `5:memory:/docker/${ID}\n4:cpu,cpuacct:/docker/${ID}\n0::/docker/${ID}\n`, V1)).toEqual({
      version: 1,
      cpu: `/sys/fs/cgroup/cpu,cpuacct/docker/${ID}/cpuacct.usage`,
      memory: `/sys/fs/cgroup/memory/docker/${ID}/memory.usage_in_bytes`,
      memoryStat: `/sys/fs/cgroup/memory/docker/${ID}/memory.stat`,
    })
  })

  test('version 2, driver systemd', () => {
    expect(findCgroup(ID, `0::/system.slice/docker-${ID}.scope\n`, V2)).toEqual({
      version: 2,
      cpu: `/sys/fs/cgroup/system.slice/docker-${ID}.scope/cpu.stat`,
      memory: `/sys/fs/cgroup/system.slice/docker-${ID}.scope/memory.current`,
      memoryStat: `/sys/fs/cgroup/system.slice/docker-${ID}.scope/memory.stat`,
    })
  })

  test('below the group that is mounted, in a container of its own', () => {
    const nested = V2.replace(' / /sys', ' /outer /sys')
    expect(findCgroup(ID, `0::/outer/docker/${ID}\n`, nested)?.memory).toBe(`/sys/fs/cgroup/docker/${ID}/memory.current`)
    expect(findCgroup(ID, `0::/elsewhere/docker/${ID}\n`, nested)).toBeUndefined()
  })

  test('not those of a process of this machine that has the same number', () => {
    expect(findCgroup(ID, '5:memory:/user.slice\n4:cpu,cpuacct:/user.slice\n0::/user.slice\n', V1)).toBeUndefined()
    expect(findCgroup(ID, '0::/user.slice/session-1.scope\n', V2)).toBeUndefined()
  })
})

describe('the files of the kernel', () => {
  test.each([
    [1, { cpu: '2500000000\n', memory: '9000\n', stat: 'inactive_file 5\ncache 1\ntotal_inactive_file 4000\n' }],
    [2, { cpu: 'usage_usec 2500000\nuser_usec 1\n', memory: '9000\n', stat: 'anon 1\ninactive_file 4000\nworkingset_inactive_file 7\n' }],
  ] as const)('version %i', async (version, content) => {
    using scratch = scratchDirectory()
    const folder = `${scratch.path}/group`
    mkdirSync(folder)
    const files = { version, cpu: `${folder}/cpu`, memory: `${folder}/memory`, memoryStat: `${folder}/stat` }
    writeFileSync(files.cpu, content.cpu)
    writeFileSync(files.memory, content.memory)
    writeFileSync(files.memoryStat, content.stat)
    const meter = new CgroupMeter(files, new VirtualClock({ start: instant(7) }))
    expect(await meter.read()).toEqual({ at: 7, cpuNanos: 2_500_000_000, memoryBytes: 5000 })
    writeFileSync(files.memory, '3000\n')
    expect((await meter.read())?.memoryBytes).toBe(3000)
    rmSync(folder, { recursive: true })
    meter.close()
    expect(await meter.read()).toBeUndefined()
    expect(() => new CgroupMeter(files, new VirtualClock())).toThrow()
  })
})

describe('an entry of the engine', () => {
  const entry = { read: '1970-01-01T00:00:02Z', cpu_stats: { cpu_usage: { total_usage: 5 } }, memory_stats: { usage: 100, stats: {} } }

  test('has its own time, and memory without files that can be dropped', () => {
    expect(usageOf(entry, instant(9))).toEqual({ at: 2000, cpuNanos: 5, memoryBytes: 100 })
    expect(usageOf({ ...entry, memory_stats: { usage: 100, stats: { inactive_file: 30 } } }, instant(9))?.memoryBytes).toBe(70)
    expect(
      usageOf({ ...entry, memory_stats: { usage: 100, stats: { inactive_file: 1, total_inactive_file: 40 } } }, instant(9))?.memoryBytes,
    ).toBe(60)
  })

  test('of a container that ends has no figures', () => {
    expect(
      usageOf({ read: '0001-01-01T00:00:00Z', cpu_stats: { cpu_usage: { total_usage: 0 } }, memory_stats: {} }, instant(9)),
    ).toBeUndefined()
  })
})
