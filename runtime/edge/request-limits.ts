import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Instant, type Millis } from '../../src/kernel/instant.ts'

/** The time limits of a route; at least one is given. */
export interface TimeLimits {
  /** From the start to the end. */
  readonly requestMs: Millis | undefined
  /** Without a byte either way, once a replica has the request. */
  readonly idleMs: Millis | undefined
}

/** Watches one request and tells once when one of its limits is over. */
export class RequestLimits {
  readonly idleMs: Millis | undefined
  readonly #clock: Clock
  readonly #onOver: (reason: string) => void
  readonly #whole: Disposable | undefined
  #idle: Disposable | undefined
  #lastByte: Instant | undefined

  constructor(limits: TimeLimits, clock: Clock, onOver: (reason: string) => void) {
    const { requestMs, idleMs } = limits
    this.idleMs = idleMs
    this.#clock = clock
    this.#onOver = onOver
    if (requestMs === undefined) return
    this.#whole = clock.at(after(clock.now(), requestMs), () => this.#over(`it took longer than the ${requestMs} ms that its route allows`))
  }

  /** Bytes went one way or the other; the first call is the moment from which idle time counts. */
  touch(): void {
    const now = this.#clock.now()
    const first = this.#lastByte === undefined
    this.#lastByte = now
    if (first && this.idleMs !== undefined) this.#watch(after(now, this.idleMs), this.idleMs)
  }

  end(): void {
    this.#whole?.[Symbol.dispose]()
    this.#idle?.[Symbol.dispose]()
  }

  /** One timer for many bytes: it looks at the last one when it is due. */
  #watch(at: Instant, idleMs: Millis): void {
    this.#idle = this.#clock.at(at, () => {
      const due = after(this.#lastByte ?? at, idleMs)
      if (due > this.#clock.now()) this.#watch(due, idleMs)
      else this.#over(`nothing was sent either way for the ${idleMs} ms that its route allows`)
    })
  }

  #over(reason: string): void {
    this.end()
    this.#onOver(reason)
  }
}
