import type { LoadFigures } from '../../src/wire/load.ts'
import { LatencyCounts } from './latency-counts.ts'
import type { Outcome } from './sender.ts'

/** Reasons that are counted apart; further ones are `other`. */
const MOST_REASONS = 20

/** Counts what becomes of requests. */
export class LoadTally {
  readonly #latency = new LatencyCounts()
  readonly #lateness = new LatencyCounts()
  readonly #statuses: Record<string, number> = {}
  readonly #errors: Record<string, number> = {}
  #due = 0
  #sent = 0
  #answered = 0
  #failed = 0
  #unsent = 0
  #limited = 0
  #repeated = 0
  #bytesIn = 0
  #firstAnswerMs: number | undefined

  /** `limited`: as many as allowed were in flight. */
  due(limited: boolean): void {
    this.#due++
    if (limited) this.#limited++
  }

  sent(lateMs: number): void {
    this.#sent++
    this.#lateness.add(lateMs)
  }

  ended(outcome: Outcome, at: { readonly dueMs: number; readonly nowMs: number }): void {
    if (outcome.repeated) this.#repeated++
    if ('error' in outcome) {
      this.#miss(outcome.error)
      return
    }
    const { status, bytes } = outcome
    this.#answered++
    this.#bytesIn += bytes
    this.#latency.add(at.nowMs - at.dueMs)
    count(this.#statuses, `${Math.floor(status / 100)}xx`)
    if (status >= 500) this.#failed++
    else this.#firstAnswerMs ??= Math.round(at.nowMs * 1000) / 1000
  }

  /** Given up: after it was sent, or before. */
  givenUp(reason: 'timeout' | 'stopped', wasSent: boolean): void {
    if (!wasSent) this.#unsent++
    // Whoever stops a load did not lack an answer to what was never sent.
    if (wasSent || reason === 'timeout') this.#miss(reason)
  }

  #miss(reason: string): void {
    this.#failed++
    const known = reason in this.#errors || Object.keys(this.#errors).length < MOST_REASONS
    count(this.#errors, known ? reason : 'other')
  }

  figures(now: Pick<LoadFigures, 'elapsedMs' | 'inFlight' | 'waiting'>): LoadFigures {
    const latency = this.#latency.percentiles()
    const lateness = this.#lateness.percentiles()
    return {
      elapsedMs: Math.round(now.elapsedMs),
      due: this.#due,
      sent: this.#sent,
      answered: this.#answered,
      inFlight: now.inFlight,
      waiting: now.waiting,
      unsent: this.#unsent,
      failed: this.#failed,
      statuses: { ...this.#statuses },
      errors: { ...this.#errors },
      repeated: this.#repeated,
      limited: this.#limited,
      bytesIn: this.#bytesIn,
      ...(latency === undefined ? {} : { latency }),
      ...(lateness === undefined ? {} : { lateness }),
      ...(this.#firstAnswerMs === undefined ? {} : { firstAnswerMs: this.#firstAnswerMs }),
    }
  }
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}
