import type { Clock } from './clock.ts'
import { type Instant, instant, type Millis } from './instant.ts'

/** Where a scaled clock began: the same start and speed give the same time again, also in another process. */
export interface ScaledStart {
  /** Of the clock beneath. */
  readonly base: Instant
  /** What this clock showed then. */
  readonly shown: Instant
  /** Above 0: how many times faster than the clock beneath it runs. */
  readonly speed: number
}

/** A clock that runs faster (or slower) than another one, so that a cool-down of minutes can be watched in seconds. */
export class ScaledClock implements Clock {
  readonly #beneath: Clock
  readonly #start: ScaledStart

  constructor(beneath: Clock, start: ScaledStart) {
    this.#beneath = beneath
    this.#start = start
  }

  now(): Instant {
    const { base, shown, speed } = this.#start
    return instant(shown + (this.#beneath.now() - base) * speed)
  }

  sleep(duration: Millis, signal?: AbortSignal): Promise<void> {
    return this.#beneath.sleep(duration / this.#start.speed, signal)
  }

  at(when: Instant, run: () => void): Disposable {
    const { base, shown, speed } = this.#start
    // Rounded up: a timer that runs too early would find nothing due.
    return this.#beneath.at(instant(Math.ceil(base + (when - shown) / speed)), run)
  }
}
