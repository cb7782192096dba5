import { type EngineTime, isEarlier } from './engine-time.ts'

/** Where a reading goes on: at this time, after so many lines from there on that were given already. */
export interface LogPosition {
  readonly since: EngineTime
  readonly given: number
}

interface Mark {
  readonly time: EngineTime
  count: number
}

/**
 * Keeps the place of a reader. Lines are told apart by their time and, as several may have the same one (Podman tells whole seconds), by
 * their number at it. An unfinished line holds the place back to where it began, so that it is read again as a whole.
 */
export class LogCursor {
  #last: Mark | undefined
  #open: Mark | undefined

  /** A line was given, or passed over because an earlier reading gave it. */
  given(time: EngineTime): void {
    if (this.#last !== undefined && isSame(this.#last.time, time)) this.#last.count++
    else this.#last = { time, count: 1 }
    if (this.#open !== undefined && !isEarlier(time, this.#open.time)) this.#open.count++
  }

  /** When the earliest unfinished line began. */
  unfinished(since: EngineTime | undefined): void {
    if (since === undefined) this.#open = undefined
    else if (this.#open === undefined || !isSame(this.#open.time, since)) {
      this.#open = { time: since, count: this.#last !== undefined && isSame(this.#last.time, since) ? this.#last.count : 0 }
    }
  }

  /** Undefined while nothing was given. */
  get position(): LogPosition | undefined {
    const mark = this.#open ?? this.#last
    return mark === undefined ? undefined : { since: mark.time, given: mark.count }
  }
}

function isSame(left: EngineTime, right: EngineTime): boolean {
  return left.seconds === right.seconds && left.nanos === right.nanos
}
