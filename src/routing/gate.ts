import type { Code } from '../kernel/diagnostic.ts'
import { after, earliest, type Instant, type Millis } from '../kernel/instant.ts'
import type { GatePolicy } from '../model/edge.ts'
import type { ReplicaId, RevisionId } from '../model/names.ts'
import type { Balance } from '../model/route-behaviour.ts'
import { LeastLoaded, RoundRobin } from './balance.ts'
import { TicketQueue } from './ticket-queue.ts'

/** What a gate must know of a replica; whatever else the caller keeps in it comes back with each admission. */
export interface GateReplica {
  readonly id: ReplicaId
  readonly revision: RevisionId
  /** Requests at once; absent means as many as come. */
  readonly limit?: number
  /** What a request calls it that prefers one replica. */
  readonly mark?: string
}

export interface Entry {
  readonly now: Instant
  readonly holdMs: Millis
  /** Only replicas of this revision will do. */
  readonly revision?: RevisionId | undefined
  /** The mark of the replica it would like; another one will do. */
  readonly prefer?: string | undefined
}

export type Refusal = { readonly status: 502 | 503; readonly code: Code; readonly reason: string; readonly retryAfterMs?: Millis }

/** The ticket names the request until `done` or `cancel`; numbers grow in order of arrival. */
export type Admission<R> =
  | { readonly kind: 'forward'; readonly ticket: number; readonly replica: R }
  | { readonly kind: 'hold'; readonly ticket: number; readonly until: Instant }
  | ({ readonly kind: 'refuse' } & Refusal)

export interface Release<R> {
  readonly ticket: number
  readonly replica: R
}

/** A replica that refused a connection takes none for this long, then one to try. */
export const REFUSED_SKIP_MS: Millis = 250

/** Hold time while all replicas that are listed as ready refuse connections: news about them is on its way, or nobody listens there. */
export const REFUSED_HOLD_MS: Millis = 5000

interface Slot<R> {
  readonly replica: R
  readonly limit: number
  inFlight: number
  listed: boolean
  /** `shut` after a refused connection, `trial` while one request tries again. */
  state: 'open' | 'shut' | 'trial'
  openAt: Instant | undefined
  /** Since when it has refused each connection while it was listed. */
  refusesSince: Instant | undefined
}

/**
 * The one place that decides whether a request of a backend goes on, waits or is refused: first come first served, at
 * most `maxHeld` waiting, never more on a replica than its limit. Knows no clock; every verb takes the time.
 */
export class Gate<R extends GateReplica> {
  #policy: GatePolicy
  #maxHeld: number
  #nextTicket = 1
  #ready: readonly Slot<R>[] = []
  readonly #slots = new Map<R, Slot<R>>()
  readonly #queue = new TicketQueue()
  readonly #turns = new Map<RevisionId | undefined, RoundRobin>()
  readonly #least = new LeastLoaded()
  balance: Balance = 'round-robin'

  constructor(options: { readonly policy: GatePolicy; readonly maxHeld: number }) {
    this.#policy = options.policy
    this.#maxHeld = options.maxHeld
  }

  get held(): number {
    return this.#queue.size
  }

  get inFlight(): number {
    let sum = 0
    for (const slot of this.#slots.values()) sum += slot.inFlight
    return sum
  }

  get policy(): GatePolicy {
    return this.#policy
  }

  /** Ready replicas exist but all of them refuse connections at present. */
  get refusing(): boolean {
    return this.#ready.length > 0 && this.#ready.every((slot) => slot.state !== 'open')
  }

  /** The only replica that takes traffic, while nothing waits and it takes as much as comes. */
  get sole(): R | undefined {
    const [only] = this.#ready
    if (this.#ready.length !== 1 || only?.state !== 'open' || this.#queue.size > 0) return undefined
    return only.limit === Number.POSITIVE_INFINITY ? only.replica : undefined
  }

  /** Something that no longer asks, because its connection is on this replica already, counts there as in flight until `done`. */
  occupy(replica: R): void {
    let slot = this.#slots.get(replica)
    if (slot === undefined) {
      slot = this.#newSlot(replica)
      slot.listed = false
    }
    slot.inFlight++
  }

  admit(entry: Entry): Admission<R> {
    return this.#enter(this.#nextTicket++, entry)
  }

  /** A forwarded request that could not be delivered comes back with its old ticket, ahead of later ones. */
  readmit(ticket: number, replica: R, entry: Entry): Admission<R> {
    this.#leave(replica)
    return this.#enter(ticket, entry)
  }

  /** The forwarded request has ended; what may go on now because of it. */
  done(replica: R, now: Instant): readonly Release<R>[] {
    this.#leave(replica)
    return this.#queue.size === 0 ? [] : this.#releaseAll(now)
  }

  /** The replicas that take traffic from now on; what may go on because of it, oldest first. */
  capacity(ready: readonly R[], now: Instant): readonly Release<R>[] {
    for (const slot of this.#ready) slot.listed = false
    this.#ready = ready.map((replica) => {
      const slot = this.#slots.get(replica) ?? this.#newSlot(replica)
      slot.listed = true
      return slot
    })
    for (const [replica, slot] of this.#slots) {
      if (slot.listed) continue
      slot.refusesSince = undefined
      if (slot.inFlight === 0) this.#slots.delete(replica)
    }
    return this.#releaseAll(now)
  }

  /** What to do without a ready replica from now on; the tickets that are refused because of it, oldest first. */
  change(policy: GatePolicy, maxHeld: number): readonly number[] {
    this.#policy = policy
    this.#maxHeld = maxHeld
    if (policy.mode === 'hold') return []
    const refused: number[] = []
    for (const held of this.#queue.list()) {
      if (this.#serves(held.revision)) continue
      this.#queue.take(held.ticket)
      refused.push(held.ticket)
    }
    return refused
  }

  /** A replica refused a connection: it is left out for a while. True when it is the first time in a row. */
  refused(replica: R, now: Instant): boolean {
    const slot = this.#slots.get(replica)
    if (slot === undefined) return false
    slot.state = 'shut'
    slot.openAt = after(now, REFUSED_SKIP_MS)
    if (slot.refusesSince !== undefined) return false
    if (slot.listed) slot.refusesSince = now
    return true
  }

  /** A replica accepted a connection; what may go on because of it. */
  accepted(replica: R, now: Instant): readonly Release<R>[] {
    const slot = this.#slots.get(replica)
    if (slot === undefined || slot.state === 'open') return []
    slot.state = 'open'
    slot.openAt = undefined
    slot.refusesSince = undefined
    return this.#releaseAll(now)
  }

  /** Replicas that refused earlier get one waiting request each to try. */
  retry(now: Instant): readonly Release<R>[] {
    return this.#queue.size === 0 ? [] : this.#releaseAll(now)
  }

  /** The client has gone. False when the ticket does not wait (any more). */
  cancel(ticket: number): boolean {
    return this.#queue.take(ticket) !== undefined
  }

  /** Tickets whose time is over, oldest first. */
  expire(now: Instant): readonly number[] {
    return this.#queue.takeExpired(now).map((held) => held.ticket)
  }

  /** When `expire` or `retry` has something to do next; undefined while nothing waits. */
  nextChange(): Instant | undefined {
    if (this.#queue.size === 0) return undefined
    return earliest(this.#queue.firstEnd(), ...this.#ready.map((slot) => (slot.state === 'shut' ? slot.openAt : undefined)))
  }

  #enter(ticket: number, entry: Entry): Admission<R> {
    // Nobody overtakes: while something waits that the same replicas could serve, a newcomer waits too.
    if (this.#queue.size === 0 || !this.#queue.blocks(ticket, entry.revision)) {
      const slot = this.#pick(entry, entry.now)
      if (slot !== undefined) return { kind: 'forward', ticket, replica: this.#give(slot) }
    }
    return this.#hold(ticket, entry)
  }

  #hold(ticket: number, entry: Entry): Admission<R> {
    const { now, revision } = entry
    const serves = this.#serves(revision)
    if (this.#refusedLong(now)) return { kind: 'refuse', status: 502, code: 'MP6012', reason: 'no replica accepts connections' }
    if (this.#policy.mode === 'refuse' && !serves) {
      const { status, code, reason, retryAfterMs } = this.#policy
      return { kind: 'refuse', status, code, reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
    }
    if (this.#queue.size >= this.#maxHeld) {
      return { kind: 'refuse', status: 503, code: 'MP6010', reason: `${this.#maxHeld} requests wait already`, retryAfterMs: 1000 }
    }
    const capped = this.#policy.mode === 'refuse' && this.refusing
    const until = after(now, capped ? Math.min(entry.holdMs, REFUSED_HOLD_MS) : entry.holdMs)
    this.#queue.add({ ticket, until, revision, prefer: entry.prefer })
    return { kind: 'hold', ticket, until }
  }

  #releaseAll(now: Instant): readonly Release<R>[] {
    if (this.#queue.size === 0 || this.#ready.length === 0) return []
    const releases: Release<R>[] = []
    const without = new Set<RevisionId | undefined>()
    for (const held of this.#queue.list()) {
      if (without.has(held.revision)) continue
      const slot = this.#pick(held, now)
      if (slot === undefined) {
        if (held.revision === undefined) break
        without.add(held.revision)
        continue
      }
      this.#queue.take(held.ticket)
      releases.push({ ticket: held.ticket, replica: this.#give(slot) })
    }
    return releases
  }

  #pick({ revision, prefer }: Pick<Entry, 'revision' | 'prefer'>, now: Instant): Slot<R> | undefined {
    const [first] = this.#ready
    if (first === undefined) return undefined
    if (this.#ready.length === 1) return isUsable(first, revision, now) ? first : undefined
    const usable = (slot: Slot<R>): boolean => isUsable(slot, revision, now)
    if (prefer !== undefined) {
      const preferred = this.#ready.find((slot) => slot.replica.mark === prefer && usable(slot))
      if (preferred !== undefined) return preferred
    }
    if (this.balance === 'least-in-flight') return this.#least.pick(this.#ready, usable, inFlightOf)
    let turns = this.#turns.get(revision)
    if (turns === undefined) {
      turns = new RoundRobin()
      this.#turns.set(revision, turns)
    }
    return turns.pick(this.#ready, usable)
  }

  #give(slot: Slot<R>): R {
    slot.inFlight++
    if (slot.state === 'shut') slot.state = 'trial'
    return slot.replica
  }

  #leave(replica: R): void {
    const slot = this.#slots.get(replica)
    if (slot === undefined) return
    slot.inFlight--
    // A trial that ended without news leaves the next request to try.
    if (slot.state === 'trial') slot.state = 'shut'
    if (!slot.listed && slot.inFlight === 0) this.#slots.delete(replica)
  }

  /** No news came that would explain why each ready replica refuses. */
  #refusedLong(now: Instant): boolean {
    return (
      this.#ready.length > 0 &&
      this.#ready.every(({ refusesSince }) => refusesSince !== undefined && after(refusesSince, REFUSED_HOLD_MS) <= now)
    )
  }

  #serves(revision: RevisionId | undefined): boolean {
    return this.#ready.some((slot) => revision === undefined || slot.replica.revision === revision)
  }

  #newSlot(replica: R): Slot<R> {
    const limit = replica.limit ?? Number.POSITIVE_INFINITY
    const slot: Slot<R> = { replica, limit, inFlight: 0, listed: true, state: 'open', openAt: undefined, refusesSince: undefined }
    this.#slots.set(replica, slot)
    return slot
  }
}

function isUsable(slot: Slot<GateReplica>, revision: RevisionId | undefined, now: Instant): boolean {
  if (slot.inFlight >= slot.limit || (revision !== undefined && slot.replica.revision !== revision)) return false
  return slot.state === 'open' || (slot.state === 'shut' && slot.openAt !== undefined && slot.openAt <= now)
}

function inFlightOf(slot: { readonly inFlight: number }): number {
  return slot.inFlight
}
