import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type LockHolder, readHolder, takeLock } from '../../../../runtime/state/lock.ts'
import { systemClock } from '../../../../runtime/time/system-clock.ts'
import { scratchDirectory } from '../../../kit/scratch.ts'

const holder = (pid: number, startTime = 'then'): LockHolder => ({ pid, startTime })

function attempt(path: string, me: LockHolder, alive: readonly LockHolder[] = []) {
  const isAlive = ({ pid, startTime }: LockHolder) => [...alive, me].some((one) => one.pid === pid && one.startTime === startTime)
  return takeLock({ path, me, isAlive, clock: systemClock })
}

describe('the lock of the state directory', () => {
  test('is given once and names its holder', async () => {
    using scratch = scratchDirectory()
    const path = join(scratch.path, 'daemon.lock')
    expect((await attempt(path, holder(1))).got).toBe(true)
    expect(await attempt(path, holder(2), [holder(1)])).toEqual({ got: false, holder: holder(1) })
  })

  test('is taken over from a dead holder, and from another process with its pid', async () => {
    using scratch = scratchDirectory()
    const path = join(scratch.path, 'daemon.lock')
    await attempt(path, holder(1))
    expect((await attempt(path, holder(2))).got).toBe(true)
    expect((await attempt(path, holder(3), [holder(2, 'later')])).got).toBe(true)
    expect(await readHolder(path)).toEqual(holder(3))
  })

  test.each([['' /* cut off */], ['not json'], ['{"pid":"one"}']])('is taken over when it holds %j', async (text) => {
    using scratch = scratchDirectory()
    const path = join(scratch.path, 'daemon.lock')
    writeFileSync(path, text)
    expect((await attempt(path, holder(2))).got).toBe(true)
  })

  test('is taken over although somebody died during a takeover', async () => {
    using scratch = scratchDirectory()
    const path = join(scratch.path, 'daemon.lock')
    await attempt(path, holder(1))
    writeFileSync(`${path}.takeover`, JSON.stringify(holder(8)))
    expect((await attempt(path, holder(2))).got).toBe(true)
  })

  test('goes to exactly one of many who find it stale at the same time', async () => {
    for (let round = 0; round < 20; round++) {
      using scratch = scratchDirectory()
      const path = join(scratch.path, 'daemon.lock')
      await attempt(path, holder(1))
      const crowd = Array.from({ length: 12 }, (_, index) => holder(100 + index))
      const results = await Promise.all(crowd.map((me) => attempt(path, me, crowd)))
      const winners = crowd.filter((_, index) => results[index]?.got)
      expect(winners).toHaveLength(1)
      expect(await readHolder(path)).toEqual(winners[0])
      expect(readdirSync(scratch.path)).toEqual(['daemon.lock'])
    }
  })

  test('is given back by its holder only, and the holder notices that it lost it', async () => {
    using scratch = scratchDirectory()
    const path = join(scratch.path, 'daemon.lock')
    const first = await attempt(path, holder(1))
    const second = await attempt(path, holder(2))
    if (!first.got || !second.got) throw new Error('both should have had it in turn')
    expect(await first.lock.isHeld()).toBe(false)
    await first.lock.release()
    expect(await second.lock.isHeld()).toBe(true)
    await second.lock.release()
    expect(existsSync(path)).toBe(false)
    expect(await second.lock.isHeld()).toBe(false)
  })
})
