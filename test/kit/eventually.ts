import { systemClock } from '../../runtime/time/system-clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'

/** Looks until the check no longer throws and does not answer undefined; fails with the last reason when the limit (default 10 s) is over. */
export async function eventually<T>(check: () => T | undefined | Promise<T | undefined>, limitMs: Millis = 10_000): Promise<T> {
  const end = after(systemClock.now(), limitMs)
  for (;;) {
    let reason: unknown = new Error(`nothing after ${limitMs} ms: ${check.toString()}`)
    try {
      const found = await check()
      if (found !== undefined) return found
    } catch (error) {
      reason = error
    }
    if (systemClock.now() >= end) throw reason
    await systemClock.sleep(10)
  }
}

/** Looks again and again until the time is over; fails at once when the check throws. */
export async function throughout(check: () => void | Promise<void>, durationMs: Millis): Promise<void> {
  const end = after(systemClock.now(), durationMs)
  do {
    await check()
    await systemClock.sleep(50)
  } while (systemClock.now() < end)
}
