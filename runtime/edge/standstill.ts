import type { Instant, Millis } from '../../src/kernel/instant.ts'

/** How long a count has not changed, seen by somebody who looks at it now and then: nothing is done while bytes move. */
export class Standstill {
  #count = -1
  #since: Instant | undefined

  /** Whether the count has been the same since a look that is at least so long ago. */
  lasts(limitMs: Millis, count: number, now: Instant): boolean {
    if (count !== this.#count || this.#since === undefined) {
      this.#count = count
      this.#since = now
      return false
    }
    return now - this.#since >= limitMs
  }
}
