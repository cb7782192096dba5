import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Instant, instant } from '../../src/kernel/instant.ts'
import { systemClock } from './system-clock.ts'

/** Epoch milliseconds that never go back and keep their fractions, for what is measured. */
export const preciseClock: Clock = {
  now,
  at: (when, run) => systemClock.at(after(systemClock.now(), Math.max(0, when - now())), run),
  sleep: (duration, signal) => systemClock.sleep(duration, signal),
}

function now(): Instant {
  return instant(performance.timeOrigin + performance.now())
}
