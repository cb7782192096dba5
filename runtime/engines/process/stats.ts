import type { Clock } from '../../../src/kernel/clock.ts'
import type { Instant } from '../../../src/kernel/instant.ts'
import type { StatsFacet } from '../../../src/model/engine.ts'
import { findMembers } from '../../process-identity/process-group.ts'
import { PAGE_BYTES, readStat, TICKS_PER_SECOND } from '../../process-identity/process-table-linux.ts'
import type { Replica } from './replica.ts'
import type { ReplicaRegistry } from './replica-registry.ts'

interface Reading {
  readonly at: Instant
  readonly ticks: number
}

/** Sums over the processes of a replica, from `/proc`. Shared memory counts in each process. */
export function statsFacet(registry: ReplicaRegistry, clock: Clock): StatsFacet {
  const last = new WeakMap<Replica, Reading>()
  return {
    async read(of) {
      const replica = await registry.get(of)
      const traces = replica.record.containers.map((container) => replica.traceOf(container))
      const members = (await Promise.all(traces.map(findMembers))).flat()
      const pids = new Set(members.map(({ pid }) => pid))
      const stats = [...pids].map(readStat).filter((stat) => stat !== undefined)
      const ticks = stats.reduce((sum, stat) => sum + stat.cpuTicks, 0)
      const memoryBytes = stats.reduce((sum, stat) => sum + stat.residentPages * PAGE_BYTES, 0)
      const at = clock.now()
      const before = last.get(replica)
      last.set(replica, { at, ticks })
      const seconds = before === undefined ? 0 : (at - before.at) / 1000
      // A process that ended takes its time with it.
      const used = before === undefined ? 0 : Math.max(0, ticks - before.ticks) / TICKS_PER_SECOND
      return { cpu: seconds > 0 ? used / seconds : 0, memoryBytes }
    },
  }
}
