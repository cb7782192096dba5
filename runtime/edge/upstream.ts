import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'
import type { EdgeReplica } from '../../src/model/edge.ts'
import type { ReplicaId, RevisionId } from '../../src/model/names.ts'
import type { GateReplica } from '../../src/routing/gate.ts'
import { replicaMark } from '../../src/routing/sticky.ts'
import { Counters } from './counters.ts'
import type { ReplicaLoad } from './replica-load.ts'
import { type ConnectionOwner, UpstreamConnection, type UpstreamUser } from './upstream-connection.ts'

/** Connections being opened at once; a listening socket of Node queues 511. */
const MAX_CONNECTING = 128
const CONNECT_TIMEOUT_MS: Millis = 2000
/** Longest time a connection is kept idle. Source: nginx, keepalive_timeout of upstreams. */
const IDLE_MS: Millis = 60_000
/** A connection is not used in the last part of the time its server announced, so that both sides agree that it is open. */
const IDLE_MARGIN_MS: Millis = 1000
/** A request with a body cannot be sent twice: it only goes over a connection that was busy just now. */
const RECENT_MS: Millis = 1000
const MAX_IDLE = 256

/** `pooled` may take any idle connection, `recent` one that was busy just now, `new` opens one. */
export type Freshness = 'pooled' | 'recent' | 'new'

interface Waiting {
  readonly user: UpstreamUser
  readonly freshness: Freshness
}

/** Connections of another protocol to the same port, which live as long. */
export interface OtherPool {
  close(): void
  reopen(): void
  sweep(): void
}

/** One port of one replica with its idle connections, the last used first. */
export class Upstream implements GateReplica, ConnectionOwner {
  readonly id: ReplicaId
  readonly revision: RevisionId
  readonly host: string
  readonly port: number
  readonly load: ReplicaLoad
  readonly counters = new Counters()
  /** Requests that the gate has given to this port of the replica. */
  inFlight = 0
  /** Made by the first who needs it. */
  http2: OtherPool | undefined
  /** Takes no new requests: what is released is closed. */
  #closed = false
  #mark: string | undefined
  readonly #clock: Clock
  #idle: UpstreamConnection[] = []
  readonly #opening = new Map<UpstreamConnection, Disposable>()
  #waiting: Waiting[] = []

  constructor(replica: EdgeReplica, load: ReplicaLoad, clock: Clock) {
    this.id = replica.id
    this.revision = replica.revision
    this.host = replica.host
    this.port = replica.port
    this.load = load
    this.#clock = clock
  }

  enter(): void {
    this.inFlight++
    this.load.enter()
  }

  leave(): void {
    this.inFlight--
    this.load.leave()
  }

  /** What a sticky cookie calls the replica. */
  get mark(): string {
    this.#mark ??= replicaMark(this.id)
    return this.#mark
  }

  get idle(): number {
    return this.#idle.length
  }

  /** Calls `onConnected` at once when an idle connection fits, else when one is open or released. */
  acquire(user: UpstreamUser, freshness: Freshness): void {
    if (freshness !== 'new') {
      const connection = this.#takeIdle(freshness)
      if (connection !== undefined) {
        this.#give(connection, user)
        return
      }
    }
    this.#waiting.push({ user, freshness })
    if (this.#opening.size < MAX_CONNECTING) this.#open()
  }

  /** The user no longer waits for a connection. */
  abandon(user: UpstreamUser): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting.user !== user)
  }

  /** Gives back a connection that can carry another request. */
  release(connection: UpstreamConnection): void {
    connection.user = undefined
    connection.reused = true
    const next = this.#takeWaiting('reusable')
    if (next !== undefined) {
      this.#give(connection, next)
      return
    }
    if (this.#closed || this.#idle.length >= MAX_IDLE || connection.socket.destroyed) {
      connection.destroy()
      return
    }
    connection.idleSince = this.#clock.now()
    this.#idle.push(connection)
  }

  /** Closes what is idle, and from now on whatever is given back. */
  close(): void {
    this.#closed = true
    for (const connection of this.#idle.splice(0)) connection.destroy()
    this.http2?.close()
  }

  reopen(): void {
    this.#closed = false
    this.http2?.reopen()
  }

  /** Closes connections that have been idle for too long; they are at the front. */
  sweep(): void {
    this.http2?.sweep()
    const now = this.#clock.now()
    const stale = this.#idle.filter((connection) => now - (connection.idleSince ?? now) > idleLimit(connection))
    if (stale.length === 0) return
    this.#idle = this.#idle.filter((connection) => !stale.includes(connection))
    for (const connection of stale) connection.destroy()
  }

  onOpen(connection: UpstreamConnection): void {
    this.#settle(connection)
    const next = this.#takeWaiting('any')
    if (next !== undefined) this.#give(connection, next)
    else this.release(connection)
    if (this.#waiting.length > this.#opening.size && this.#opening.size < MAX_CONNECTING) this.#open()
  }

  onOpenFailed(reason: string): void {
    for (const connection of this.#opening.keys()) if (connection.socket.destroyed) this.#settle(connection)
    for (const waiting of this.#waiting.splice(0)) waiting.user.onConnectFailed(reason)
  }

  onIdleClosed(connection: UpstreamConnection): void {
    const index = this.#idle.indexOf(connection)
    if (index >= 0) this.#idle.splice(index, 1)
  }

  #open(): void {
    const connection = new UpstreamConnection(this, this)
    const timer = this.#clock.at(after(this.#clock.now(), CONNECT_TIMEOUT_MS), () => {
      connection.destroy(`no connection within ${CONNECT_TIMEOUT_MS} ms`)
    })
    this.#opening.set(connection, timer)
  }

  #settle(connection: UpstreamConnection): void {
    this.#opening.get(connection)?.[Symbol.dispose]()
    this.#opening.delete(connection)
  }

  #give(connection: UpstreamConnection, user: UpstreamUser): void {
    connection.user = user
    user.onConnected(connection)
  }

  #takeIdle(freshness: 'pooled' | 'recent'): UpstreamConnection | undefined {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      const idleFor = this.#clock.now() - (connection.idleSince ?? 0)
      const usable = connection.socket.writable && !connection.socket.destroyed && idleFor < idleLimit(connection)
      if (usable && (freshness === 'pooled' || idleFor < RECENT_MS)) return connection
      connection.destroy()
    }
    return undefined
  }

  #takeWaiting(offer: 'any' | 'reusable'): UpstreamUser | undefined {
    const index = offer === 'any' ? 0 : this.#waiting.findIndex((waiting) => waiting.freshness !== 'new')
    if (index < 0) return undefined
    return this.#waiting.splice(index, 1)[0]?.user
  }
}

function idleLimit(connection: UpstreamConnection): Millis {
  return connection.idleMs === undefined ? IDLE_MS : Math.min(IDLE_MS, connection.idleMs - IDLE_MARGIN_MS)
}
