import type { Clock } from '../kernel/clock.ts'
import { after, type Instant, type Millis } from '../kernel/instant.ts'
import type { BackendId, EdgeBackend, EdgeMessage, EdgeReplica, StartingReplica } from '../model/edge.ts'
import { type BackendCounters, LATENCY_BUCKETS_MS } from '../model/edge.ts'
import type { ReplicaId, RevisionId } from '../model/names.ts'
import { Gate, type Release } from '../routing/gate.ts'
import type { MemoryReplica } from './memory-replica.ts'

/** What became of a scenario's request. */
export interface Answer {
  readonly status: number
  /** The replica that answered. */
  readonly replica?: ReplicaId
  /** Time it was held. */
  readonly waitedMs: Millis
  readonly detail: string
}

export interface BackendPorts {
  readonly clock: Clock
  readonly send: (message: EdgeMessage) => void
  readonly find: (replica: ReplicaId) => MemoryReplica | undefined
  /** Whether a replica that was to start has passed its probe. */
  readonly passes: (replica: StartingReplica) => boolean
  /** A request of the replica began or ended. */
  readonly carried: (replica: ReplicaId, change: 1 | -1) => void
}

interface Waiting {
  readonly since: Instant
  readonly go: (replica: EdgeReplica | undefined, status: number, detail: string) => void
}

/** One backend of the in-process edge: the gate of the real one, requests as promises. */
export class MemoryBackend {
  readonly id: BackendId
  readonly #ports: BackendPorts
  readonly #gate: Gate<EdgeReplica>
  readonly #known = new Map<ReplicaId, EdgeReplica>()
  readonly #waiting = new Map<number, Waiting>()
  #spec: EdgeBackend
  #timer: Disposable | undefined
  readonly #counters = { requests: 0, statusClasses: [0, 0, 0, 0, 0], latency: [...LATENCY_BUCKETS_MS, 0].map(() => 0) }

  constructor(backend: EdgeBackend, ports: BackendPorts) {
    this.id = backend.id
    this.#ports = ports
    this.#spec = backend
    this.#gate = new Gate({ policy: backend.gate, maxHeld: backend.maxHeld })
    this.update(backend)
  }

  update(backend: EdgeBackend): void {
    this.#spec = backend
    this.#gate.balance = backend.balance ?? 'round-robin'
    this.#offer()
    const reason = backend.gate.mode === 'refuse' ? backend.gate.reason : ''
    for (const ticket of this.#gate.change(backend.gate, backend.maxHeld)) this.#waiting.get(ticket)?.go(undefined, 503, reason)
    this.#schedule()
  }

  /** A probe of the replica passed. */
  started(replica: ReplicaId): void {
    if (this.#spec.starting.some(({ id }) => id === replica)) this.#offer()
  }

  #offer(): void {
    const { replicas, starting } = this.#spec
    const ready = [...replicas, ...starting.filter((replica) => this.#ports.passes(replica))]
    this.#release(
      this.#gate.capacity(
        ready.map((replica) => this.#same(replica)),
        this.#ports.clock.now(),
      ),
    )
  }

  /** Everything that waits is answered: the backend is gone. */
  close(): void {
    for (const [ticket, waiting] of this.#waiting) {
      this.#gate.cancel(ticket)
      waiting.go(undefined, 503, 'the backend is gone')
    }
    this.#timer?.[Symbol.dispose]()
  }

  async request(options: { readonly holdMs?: Millis; readonly revision?: RevisionId; readonly signal?: AbortSignal }): Promise<Answer> {
    const { clock } = this.#ports
    const began = clock.now()
    const entry = { holdMs: options.holdMs ?? this.#spec.holdMs, revision: options.revision }
    let waitedMs = 0
    let admission = this.#gate.admit({ now: began, ...entry })
    for (;;) {
      if (admission.kind === 'refuse') return this.#answer({ status: admission.status, waitedMs, detail: admission.reason }, began)
      let replica: EdgeReplica
      const { ticket } = admission
      if (admission.kind === 'forward') replica = admission.replica
      else {
        const from = clock.now()
        const outcome = await this.#wait(ticket, options.signal)
        waitedMs += clock.now() - from
        if (outcome.replica === undefined) return this.#answer({ status: outcome.status, waitedMs, detail: outcome.detail }, began)
        replica = outcome.replica
      }
      const status = await this.#forward(replica, options.signal)
      if (status !== undefined) return this.#answer({ status, replica: replica.id, waitedMs, detail: '' }, began)
      // Nobody listened: another replica may, or the news of its end is on its way.
      this.#ports.send({ type: 'outlier', replica: replica.id, backend: this.id, detail: 'connection refused' })
      this.#gate.refused(replica, clock.now())
      admission = this.#gate.readmit(ticket, replica, { now: clock.now(), ...entry })
      this.#schedule()
    }
  }

  counters(): BackendCounters {
    const [informational = 0, success = 0, redirect = 0, client = 0, server = 0] = this.#counters.statusClasses
    return {
      backend: this.id,
      inFlight: this.#gate.inFlight,
      held: this.#gate.held,
      connections: this.#gate.inFlight,
      requests: this.#counters.requests,
      statusClasses: [informational, success, redirect, client, server],
      bytesIn: 0,
      bytesOut: 0,
      latency: [...this.#counters.latency],
    }
  }

  /** Undefined when nobody listens at the replica. */
  async #forward(replica: EdgeReplica, signal: AbortSignal | undefined): Promise<number | undefined> {
    const { clock, find, carried } = this.#ports
    const listener = find(replica.id)?.listener(replica.port)
    if (listener === undefined || listener.state !== 'running' || (listener.ranMs ?? 0) < (listener.script.readyMs ?? 0)) return undefined
    this.#gate.accepted(replica, clock.now())
    carried(replica.id, 1)
    const { responseMs = 0, status = 200 } = listener.script
    try {
      const over = new AbortController()
      const leaving = { once: true, signal: over.signal }
      const work = responseMs === 0 ? Promise.resolve('answered') : clock.sleep(responseMs, over.signal).then(() => 'answered')
      const gone = new Promise<string>((resolve) => signal?.addEventListener('abort', () => resolve('gone'), leaving))
      const outcome = await Promise.race([work, listener.ended().then(() => 'ended'), gone]).finally(() => over.abort())
      work.catch(() => {})
      return outcome === 'answered' ? status : outcome === 'gone' ? 499 : 502
    } finally {
      this.#release(this.#gate.done(replica, clock.now()))
      carried(replica.id, -1)
    }
  }

  #wait(
    ticket: number,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly replica: EdgeReplica | undefined; readonly status: number; readonly detail: string }> {
    const { clock, send } = this.#ports
    const since = clock.now()
    if (this.#gate.held === 1) send({ type: 'demand', backend: this.id, held: 1 })
    send({ type: 'held', backend: this.id, event: 'held', waitedMs: 0 })
    this.#schedule()
    return new Promise((resolve) => {
      const leave = (): void => {
        if (this.#gate.cancel(ticket)) this.#waiting.get(ticket)?.go(undefined, 499, 'the client has gone')
      }
      const go: Waiting['go'] = (replica, status, detail) => {
        this.#waiting.delete(ticket)
        signal?.removeEventListener('abort', leave)
        const event = replica !== undefined ? 'released' : status === 504 ? 'expired' : 'cancelled'
        send({ type: 'held', backend: this.id, event, waitedMs: clock.now() - since })
        resolve({ replica, status, detail })
      }
      this.#waiting.set(ticket, { since, go })
      signal?.addEventListener('abort', leave, { once: true })
      if (signal?.aborted === true) leave()
    })
  }

  #release(releases: readonly Release<EdgeReplica>[]): void {
    for (const { ticket, replica } of releases) this.#waiting.get(ticket)?.go(replica, 200, '')
    if (releases.length > 0) this.#schedule()
  }

  #schedule(): void {
    const { clock } = this.#ports
    this.#timer?.[Symbol.dispose]()
    const next = this.#gate.nextChange()
    this.#timer =
      next === undefined
        ? undefined
        : clock.at(next < clock.now() ? after(clock.now(), 0) : next, () => {
            for (const ticket of this.#gate.expire(clock.now()))
              this.#waiting.get(ticket)?.go(undefined, 504, 'no replica became ready in time')
            this.#release(this.#gate.retry(clock.now()))
            this.#schedule()
          })
  }

  #answer(answer: Answer, began: Instant): Answer {
    const took = this.#ports.clock.now() - began
    const bucket = LATENCY_BUCKETS_MS.findIndex((bound) => took <= bound)
    const place = bucket < 0 ? LATENCY_BUCKETS_MS.length : bucket
    const group = Math.min(4, Math.max(0, Math.floor(answer.status / 100) - 1))
    this.#counters.requests++
    this.#counters.latency[place] = (this.#counters.latency[place] ?? 0) + 1
    this.#counters.statusClasses[group] = (this.#counters.statusClasses[group] ?? 0) + 1
    return answer
  }

  /** The gate knows replicas by identity, tables bring a new value each time. */
  #same(replica: EdgeReplica): EdgeReplica {
    const known = this.#known.get(replica.id)
    if (known !== undefined && known.host === replica.host && known.port === replica.port) return known
    this.#known.set(replica.id, replica)
    return replica
  }
}
