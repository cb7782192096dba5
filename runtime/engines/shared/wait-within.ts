import type { Clock } from '../../../src/kernel/clock.ts'
import type { Millis } from '../../../src/kernel/instant.ts'
import { withTimeLimit } from '../../../src/kernel/time-limit.ts'

/** Resolves when the work is over, or the time is. Throws what the work throws until then. */
export function waitWithin(clock: Clock, limitMs: Millis, work: Promise<void>): Promise<void> {
  return withTimeLimit(clock, limitMs, (limit) => {
    const late = new Promise<void>((resolve) => limit.addEventListener('abort', () => resolve(), { once: true }))
    return Promise.race([work, late])
  })
}
