import type { Clock } from './clock.ts'
import { after, type Instant, instant, type Millis } from './instant.ts'

interface Timer {
  readonly when: Instant
  readonly order: number
  readonly run: () => void
}

/**
 * A clock that moves only when told. Timers run in order of time, then of insertion, and promises
 * settle between two timers, so that the work a timer causes is finished before the next one fires.
 */
export class VirtualClock implements Clock {
  #now: Instant
  #order = 0
  #timers: Timer[] = []
  readonly #settle: () => Promise<void>

  constructor(options: { readonly start?: Instant; readonly settle?: () => Promise<void> } = {}) {
    this.#now = options.start ?? instant(0)
    this.#settle = options.settle ?? settlePromises
  }

  now(): Instant {
    return this.#now
  }

  at(when: Instant, run: () => void): Disposable {
    const timer: Timer = { when, order: this.#order++, run }
    this.#timers.push(timer)
    return { [Symbol.dispose]: () => this.#remove(timer) }
  }

  sleep(duration: Millis, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      const abort = (): void => {
        timer[Symbol.dispose]()
        reject(signal?.reason)
      }
      const timer = this.at(after(this.#now, Math.max(0, duration)), () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /** When the next timer is due, or undefined when nothing waits. */
  next(): Instant | undefined {
    return this.#peek()?.when
  }

  /** Moves time forward, running everything that becomes due, and returns when all is quiet. */
  async advance(duration: Millis): Promise<void> {
    await this.advanceTo(after(this.#now, duration))
  }

  async advanceTo(target: Instant): Promise<void> {
    await this.#settle()
    for (let timer = this.#peek(); timer !== undefined && timer.when <= target; timer = this.#peek()) {
      this.#remove(timer)
      if (timer.when > this.#now) this.#now = timer.when
      timer.run()
      await this.#settle()
    }
    if (target > this.#now) this.#now = target
  }

  /** Advances from timer to timer until the condition holds; throws when the limit is reached first. */
  async runUntil(condition: () => boolean, limit: Millis): Promise<void> {
    const end = after(this.#now, limit)
    await this.#settle()
    while (!condition()) {
      const timer = this.#peek()
      if (timer === undefined || timer.when > end) throw new Error(`condition not met within ${limit} ms of virtual time`)
      await this.advanceTo(timer.when)
    }
  }

  #peek(): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (first === undefined || timer.when < first.when || (timer.when === first.when && timer.order < first.order)) first = timer
    }
    return first
  }

  #remove(timer: Timer): void {
    const index = this.#timers.indexOf(timer)
    if (index >= 0) this.#timers.splice(index, 1)
  }
}

/** Lets everything that only waits for promises (or for one turn of the event loop) finish. */
async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}
