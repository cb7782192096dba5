import { earliest, type Instant } from '../kernel/instant.ts'
import type { RevisionId } from '../model/names.ts'

export interface HeldTicket {
  readonly ticket: number
  readonly until: Instant
  readonly revision: RevisionId | undefined
  readonly prefer?: string | undefined
}

/** Waiting tickets in order of their numbers; one that comes back stands before those that never left. */
export class TicketQueue {
  /** Came back after a failed delivery, sorted. */
  #returned: HeldTicket[] = []
  readonly #waiting = new Map<number, HeldTicket>()
  #highest = 0
  #firstEnd: Instant | undefined

  get size(): number {
    return this.#returned.length + this.#waiting.size
  }

  add(held: HeldTicket): void {
    if (this.#firstEnd === undefined || held.until < this.#firstEnd) this.#firstEnd = held.until
    if (held.ticket > this.#highest) {
      this.#highest = held.ticket
      this.#waiting.set(held.ticket, held)
      return
    }
    let index = this.#returned.length
    while (index > 0 && (this.#returned[index - 1]?.ticket ?? 0) > held.ticket) index--
    this.#returned.splice(index, 0, held)
  }

  take(ticket: number): HeldTicket | undefined {
    const waiting = this.#waiting.get(ticket)
    if (waiting !== undefined) {
      this.#waiting.delete(ticket)
      this.#forget()
      return waiting
    }
    const index = this.#returned.findIndex((held) => held.ticket === ticket)
    if (index < 0) return undefined
    const [returned] = this.#returned.splice(index, 1)
    this.#forget()
    return returned
  }

  /** Oldest first; a copy, so that tickets may be taken while walking it. */
  list(): readonly HeldTicket[] {
    if (this.#returned.length === 0) return [...this.#waiting.values()]
    return [...this.#returned, ...this.#waiting.values()].sort((left, right) => left.ticket - right.ticket)
  }

  /** Takes those whose time is over, oldest first. */
  takeExpired(now: Instant): readonly HeldTicket[] {
    if (this.#firstEnd === undefined || this.#firstEnd > now) return []
    const all = this.list()
    const expired = all.filter((held) => held.until <= now)
    for (const held of expired) this.take(held.ticket)
    this.#firstEnd = earliest(...this.list().map((held) => held.until))
    return expired
  }

  /** Whether an older ticket waits for the same replicas. */
  blocks(ticket: number, revision: RevisionId | undefined): boolean {
    for (const held of this.#returned) if (held.ticket < ticket && held.revision === revision) return true
    for (const held of this.#waiting.values()) if (held.ticket < ticket && held.revision === revision) return true
    return false
  }

  /** No waiting ticket ends before this. */
  firstEnd(): Instant | undefined {
    return this.#firstEnd
  }

  #forget(): void {
    if (this.size === 0) this.#firstEnd = undefined
  }
}
