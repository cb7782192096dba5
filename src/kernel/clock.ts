import type { Instant, Millis } from './instant.ts'

/** The only way a loop learns the time or waits. Decisions never take a clock; they take `now`. */
export interface Clock {
  now(): Instant
  /** Resolves after the duration; rejects with the signal's reason when aborted first. */
  sleep(duration: Millis, signal?: AbortSignal): Promise<void>
  /** Runs once at (or as soon as possible after) a point in time; disposing cancels. */
  at(when: Instant, run: () => void): Disposable
}
