import { SystemClock } from '../../../runtime/edge/system-clock.ts'
import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Instant, type Millis } from '../../../src/kernel/instant.ts'

interface Alarm {
  readonly when: Instant
  readonly run: () => void
  timer: Disposable
}

/** The system's time, which a test may make jump: what is due then happens at once, in order. */
export class JumpClock implements Clock {
  readonly #system = new SystemClock()
  readonly #alarms = new Set<Alarm>()
  #ahead: Millis = 0

  now(): Instant {
    return after(this.#system.now(), this.#ahead)
  }

  sleep(duration: Millis, signal?: AbortSignal): Promise<void> {
    return this.#system.sleep(duration, signal)
  }

  at(when: Instant, run: () => void): Disposable {
    const alarm: Alarm = { when, run, timer: this.#arm(when, () => this.#ring(alarm)) }
    this.#alarms.add(alarm)
    return {
      [Symbol.dispose]: () => {
        alarm.timer[Symbol.dispose]()
        this.#alarms.delete(alarm)
      },
    }
  }

  jump(by: Millis): void {
    this.#ahead += by
    const now = this.now()
    for (const alarm of [...this.#alarms].sort((left, right) => left.when - right.when)) {
      if (!this.#alarms.has(alarm)) continue
      if (alarm.when <= now) this.#ring(alarm)
      else {
        alarm.timer[Symbol.dispose]()
        alarm.timer = this.#arm(alarm.when, () => this.#ring(alarm))
      }
    }
  }

  #arm(when: Instant, run: () => void): Disposable {
    return this.#system.at(after(when, -this.#ahead), run)
  }

  #ring(alarm: Alarm): void {
    alarm.timer[Symbol.dispose]()
    if (this.#alarms.delete(alarm)) alarm.run()
  }
}
