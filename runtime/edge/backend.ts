import { after, type Instant, latest, type Millis } from '../../src/kernel/instant.ts'
import type { BackendCounters, EdgeBackend, EdgeReplica, StartingReplica } from '../../src/model/edge.ts'
import type { ReplicaId, RevisionId } from '../../src/model/names.ts'
import { type Admission, type Entry, Gate, type Release } from '../../src/routing/gate.ts'
import type { EdgeContext } from './context.ts'
import { Counters } from './counters.ts'
import { HeldNews } from './held-news.ts'
import type { ReplicaLoad } from './replica-load.ts'
import type { RequestLog } from './request-ring.ts'
import { Upstream } from './upstream.ts'

/** Expired tickets are looked for at most this often. */
const EXPIRY_STEP_MS: Millis = 20

/** Why a request is not forwarded. */
export interface Answer {
  readonly status: number
  readonly reason: string
  readonly retryAfterMs?: Millis
  /** Where to ask instead. */
  readonly location?: string
  /** The ordered disturbance that made this answer. */
  readonly fault?: string
}

/** A request or a connection that wants a replica of a backend. */
export interface Visitor {
  readonly holdMs: Millis
  readonly revision: RevisionId | undefined
  /** The mark of the replica that it would like. */
  readonly prefer?: string | undefined
  /** Set by the backend. */
  ticket: number
  /** How long it has waited, counted by the backend. */
  waitedMs: Millis
  forward(upstream: Upstream): void
  refuse(answer: Answer): void
  /** The address that it comes from; asked only where disturbances are ordered. */
  readonly from?: string | undefined
  /** Ends the client's connection at once; without it a refusal does. */
  reset?(): void
}

/** Something long-lived on a replica that must end when the replica drains. */
export interface Drainable {
  readonly upstream: Upstream
  drain(): void
  /** Its replica is not, or no longer, the only one that takes traffic. */
  spread?(): void
}

/** A stage before the gate. */
export interface Disturbances {
  /** True when it has dealt with the visitor, or will. */
  disturb(visitor: Visitor, backend: Backend): boolean
  /** The visitor's client has gone. False when it was not here. */
  forget(visitor: Visitor): boolean
}

export interface BackendHooks {
  readonly loadOf: (replica: ReplicaId) => ReplicaLoad
  /** Whether a replica that was to start has passed its probe. */
  readonly passes: (replica: StartingReplica) => boolean
}

/** A component's port: its gate, its replicas, whoever waits, and what it counts. */
export class Backend {
  readonly counters = new Counters()
  readonly tunnels = new Set<Drainable>()
  /** Present while disturbances are ordered for it, and until those begun are over. */
  faults: Disturbances | undefined
  readonly #news: HeldNews
  readonly #context: EdgeContext
  readonly #hooks: BackendHooks
  readonly #gate: Gate<Upstream>
  readonly #waiting = new Map<number, { readonly visitor: Visitor; readonly since: Instant }>()
  readonly #upstreams = new Map<string, Upstream>()
  #spec: EdgeBackend
  #alarm: { readonly at: Instant; readonly timer: Disposable } | undefined

  constructor(spec: EdgeBackend, context: EdgeContext, hooks: BackendHooks) {
    this.#news = new HeldNews(spec.id, context.say)
    this.#spec = spec
    this.#context = context
    this.#hooks = hooks
    this.#gate = new Gate({ policy: spec.gate, maxHeld: spec.maxHeld })
  }

  get spec(): EdgeBackend {
    return this.#spec
  }

  get requests(): RequestLog {
    return this.#context.requests
  }

  get held(): number {
    return this.#gate.held
  }

  /** The only replica that takes traffic, while nothing waits. */
  get sole(): Upstream | undefined {
    return this.#gate.sole
  }

  /** Whether one of its replicas, of this revision where one is given, takes requests under this mark. */
  serves(mark: string, revision: RevisionId | undefined): boolean {
    return this.#spec.replicas.some(
      (replica) => (revision === undefined || replica.revision === revision) && this.#upstream(replica).mark === mark,
    )
  }

  /** Takes over another state of the backend. What waits is not touched before `settle`. */
  update(spec: EdgeBackend): void {
    this.#spec = spec
    this.#gate.balance = spec.balance ?? 'round-robin'
    const used = new Set<string>()
    for (const replica of [...spec.replicas, ...spec.starting]) this.#upstream(replica, used).reopen()
    for (const replica of spec.draining) this.#upstream(replica, used).close()
    for (const [key, upstream] of this.#upstreams) {
      if (used.has(key)) continue
      upstream.close()
      this.#upstreams.delete(key)
    }
  }

  /** Lets go on, or refuses, whatever waits, after a change of the table or the start of a replica; ends connections of draining ones. */
  settle(): void {
    const now = this.#context.clock.now()
    const ready = [...this.#spec.replicas, ...this.#spec.starting.filter((replica) => this.#hooks.passes(replica))]
    const released = this.#gate.capacity(
      ready.map((replica) => this.#upstream(replica)),
      now,
    )
    const refused = this.#gate.change(this.#spec.gate, this.#spec.maxHeld)
    this.#release(released, now)
    for (const ticket of refused) this.#end(ticket, 'cancelled', now)?.refuse(this.#refusal())
    const draining = new Set(this.#spec.draining.map((replica) => this.#upstream(replica)))
    const only = ready.length === 1 && ready[0] !== undefined ? this.#upstream(ready[0]) : undefined
    for (const tunnel of this.tunnels) {
      if (draining.has(tunnel.upstream)) tunnel.drain()
      else if (tunnel.upstream !== only) tunnel.spread?.()
    }
    this.#arm()
  }

  /** The backend is in no table any more. */
  retire(): void {
    const { replicas, starting, draining } = this.#spec
    this.update({
      ...this.#spec,
      replicas: [],
      starting: [],
      draining: [...replicas, ...starting, ...draining],
      gate: { mode: 'refuse', status: 503, code: 'MP6011', reason: 'it was removed' },
    })
    this.settle()
  }

  enter(visitor: Visitor): void {
    if (this.faults === undefined || !this.faults.disturb(visitor, this)) this.admit(visitor)
  }

  /** Past all disturbances. */
  admit(visitor: Visitor): void {
    const now = this.#context.clock.now()
    this.#admit(visitor, this.#gate.admit(entryOf(visitor, now)), now)
  }

  /** A call on a connection that is on this replica already; `leave` ends it. */
  join(upstream: Upstream): void {
    this.#gate.occupy(upstream)
    upstream.enter()
  }

  /** The visitor's request has ended. */
  leave(upstream: Upstream): void {
    const now = this.#context.clock.now()
    const released = this.#gate.done(upstream, now)
    if (released.length > 0) this.#release(released, now)
    upstream.leave()
  }

  /** The client of a waiting visitor has gone. */
  giveUp(visitor: Visitor): void {
    if (this.faults?.forget(visitor) === true || !this.#gate.cancel(visitor.ticket)) return
    this.#end(visitor.ticket, 'cancelled', this.#context.clock.now())
    this.#arm()
  }

  /** The replica refused the connection: the visitor goes to another one, or waits. */
  undeliverable(visitor: Visitor, upstream: Upstream, detail: string): void {
    const { clock, say } = this.#context
    const now = clock.now()
    if (this.#gate.refused(upstream, now)) say({ type: 'outlier', replica: upstream.id, backend: this.#spec.id, detail })
    const admission = this.#gate.readmit(visitor.ticket, upstream, entryOf(visitor, now))
    this.#admit(visitor, admission, now)
    upstream.leave()
  }

  /** A new connection to the replica was accepted. */
  delivered(upstream: Upstream): void {
    const now = this.#context.clock.now()
    const released = this.#gate.accepted(upstream, now)
    if (released.length > 0) this.#release(released, now)
  }

  /** Counts an answer, of the replica where there was one. */
  answered(upstream: Upstream | undefined, status: number, tookMs: Millis): void {
    this.counters.answered(status, tookMs)
    upstream?.counters.answered(status, tookMs)
  }

  sweep(): void {
    for (const upstream of this.#upstreams.values()) upstream.sweep()
  }

  closeIdle(): void {
    for (const upstream of this.#upstreams.values()) upstream.close()
  }

  snapshot(): BackendCounters {
    const { id, app } = this.#spec
    const { open } = this.counters
    const replicas = [...this.#upstreams.values()].map((upstream) => ({
      replica: upstream.id,
      inFlight: upstream.inFlight,
      open: upstream.counters.open,
      ...upstream.counters.snapshot(),
    }))
    return { backend: id, app, inFlight: this.#gate.inFlight, held: this.#gate.held, open, ...this.counters.snapshot(), replicas }
  }

  #admit(visitor: Visitor, admission: Admission<Upstream>, now: Instant): void {
    switch (admission.kind) {
      case 'forward':
        visitor.ticket = admission.ticket
        admission.replica.enter()
        visitor.forward(admission.replica)
        return
      case 'hold':
        visitor.ticket = admission.ticket
        this.#waiting.set(admission.ticket, { visitor, since: now })
        if (this.#gate.held === 1) this.#context.say({ type: 'demand', backend: this.#spec.id, held: 1 })
        this.#news.tell('held', 0)
        this.#arm()
        return
      case 'refuse': {
        const { status, code, reason, retryAfterMs } = admission
        visitor.refuse({ status, reason: this.#text(`${reason} (${code})`), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
        return
      }
    }
  }

  #release(releases: readonly Release<Upstream>[], now: Instant): void {
    for (const { replica } of releases) replica.enter()
    for (const { ticket, replica } of releases) {
      const visitor = this.#end(ticket, 'released', now)
      visitor?.forward(replica)
    }
    this.#arm()
  }

  #end(ticket: number, event: 'released' | 'expired' | 'cancelled', now: Instant): Visitor | undefined {
    const waiting = this.#waiting.get(ticket)
    if (waiting === undefined) return undefined
    this.#waiting.delete(ticket)
    const waitedMs = now - waiting.since
    waiting.visitor.waitedMs += waitedMs
    this.#news.tell(event, waitedMs)
    return waiting.visitor
  }

  #arm(): void {
    const next = this.#gate.nextChange()
    if (this.#alarm !== undefined && next !== undefined && this.#alarm.at <= next) return
    this.#alarm?.timer[Symbol.dispose]()
    this.#alarm = undefined
    if (next === undefined) return
    const { clock } = this.#context
    const at = latest(next, after(clock.now(), EXPIRY_STEP_MS))
    this.#alarm = { at, timer: clock.at(at, () => this.#onAlarm()) }
  }

  #onAlarm(): void {
    this.#alarm = undefined
    const now = this.#context.clock.now()
    const refusing = this.#gate.refusing
    for (const ticket of this.#gate.expire(now)) this.#end(ticket, 'expired', now)?.refuse(this.#expiry(refusing))
    this.#release(this.#gate.retry(now), now)
  }

  #expiry(refusing: boolean): Answer {
    if (refusing) return { status: 502, reason: this.#text('no replica accepts connections') }
    const { gate } = this.#spec
    return { status: 504, reason: this.#text(`no replica became ready in time: ${gate.reason}`) }
  }

  #refusal(): Answer {
    const { gate } = this.#spec
    if (gate.mode === 'hold') return { status: 503, reason: this.#text(gate.reason) }
    const { status, code, reason, retryAfterMs } = gate
    return { status, reason: this.#text(`${reason} (${code})`), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  }

  #text(reason: string): string {
    const { component } = this.#spec
    return reason.startsWith(component) ? reason : `${component}: ${reason}`
  }

  #upstream(replica: EdgeReplica, used?: Set<string>): Upstream {
    const key = `${replica.id} ${replica.host} ${replica.port}`
    used?.add(key)
    let upstream = this.#upstreams.get(key)
    if (upstream === undefined) {
      upstream = new Upstream(replica, this.#hooks.loadOf(replica.id), this.#context.clock)
      this.#upstreams.set(key, upstream)
    }
    return upstream
  }
}

function entryOf({ holdMs, revision, prefer }: Visitor, now: Instant): Entry {
  return { now, holdMs, revision, prefer }
}
