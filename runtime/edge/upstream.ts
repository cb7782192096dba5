import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'
import type { EdgeReplica } from '../../src/model/edge.ts'
import type { ReplicaId, RevisionId } from '../../src/model/names.ts'
import type { GateReplica } from '../../src/routing/gate.ts'
import { replicaMark } from '../../src/routing/sticky.ts'
import { Counters } from './counters.ts'
import type { ReplicaLoad } from './replica-load.ts'
import { type ConnectionOwner, UpstreamConnection, type UpstreamUser } from './upstream-connection.ts'
import { WaitingLine } from './waiting-line.ts'

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
/**
 * Connections to one port of one replica that wait for an answer to begin; what exceeds them waits in order. Ten thousand released at once
 * must neither take all descriptors nor overrun the backlog of a server (511 in Node, 128 in many others), and gain nothing from more.
 * Connections with long answers, upgrades and other protocols are not among them.
 */
const MAX_CONNECTIONS = 512
/** An application may keep that many requests open (long polls, events): when none of them has ended for so long, this many more may go on. */
const GROW_AFTER_MS: Millis = 1000
const GROWTH = 64

/** `pooled` may take any idle connection, `recent` one that was busy just now, `new` opens one. */
export type Freshness = 'pooled' | 'recent' | 'new'

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
  /** Of these, `#forNew` takes no connection that has carried anything. */
  readonly #waiting = new WaitingLine<UpstreamUser>()
  readonly #forNew = new WaitingLine<UpstreamUser>()
  /** Connections, open or being opened, that were not handed over. */
  #connections = 0
  #limit = MAX_CONNECTIONS
  #given = 0
  #growth: Disposable | undefined

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
    if (freshness === 'new') this.#forNew.add(user)
    else this.#waiting.add(user)
    this.#openMore()
  }

  /** The user no longer waits for a connection. */
  abandon(user: UpstreamUser): void {
    this.#waiting.leave(user)
    this.#forNew.leave(user)
  }

  /** The connection belongs to its user for as long as that likes: another one may be opened in its place. */
  handOver(connection: UpstreamConnection): void {
    if (!connection.counted) return
    connection.counted = false
    this.#connections--
    this.#openMore()
  }

  /** Gives back a connection that can carry another request. */
  release(connection: UpstreamConnection): void {
    connection.user = undefined
    connection.reused = true
    if (!connection.counted) {
      connection.counted = true
      this.#connections++
    }
    const next = this.#waiting.next()
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
    const next = this.#forNew.next() ?? this.#waiting.next()
    if (next !== undefined) this.#give(connection, next)
    else this.release(connection)
    this.#openMore()
  }

  onOpenFailed(reason: string): void {
    for (const connection of this.#opening.keys()) if (connection.socket.destroyed) this.#settle(connection)
    // We are out of descriptors, which says nothing about the replica: those that wait get the connections that there are.
    const others = this.#connections - 1
    const patient = (reason === 'EMFILE' || reason === 'ENFILE') && others > this.#opening.size
    if (patient) this.#limit = Math.min(this.#limit, others)
    const failed: UpstreamUser[] = []
    for (const line of patient ? [this.#forNew] : [this.#forNew, this.#waiting])
      for (let user = line.next(); user !== undefined; user = line.next()) failed.push(user)
    for (const user of failed) user.onConnectFailed(reason)
  }

  onIdleClosed(connection: UpstreamConnection): void {
    const index = this.#idle.indexOf(connection)
    if (index >= 0) this.#idle.splice(index, 1)
  }

  onClosed(connection: UpstreamConnection): void {
    this.handOver(connection)
  }

  #openMore(): void {
    while (this.#opening.size < MAX_CONNECTING) {
      if (this.#opening.size >= this.#forNew.size + this.#waiting.size) break
      if (this.#connections >= this.#limit && this.#forNew.size === 0) break
      this.#open()
    }
    if (this.#waiting.size > 0 && this.#connections >= this.#limit) this.#growLater()
  }

  #growLater(): void {
    const given = this.#given
    this.#growth ??= this.#clock.at(after(this.#clock.now(), GROW_AFTER_MS), () => {
      this.#growth = undefined
      if (this.#waiting.size === 0) {
        this.#limit = MAX_CONNECTIONS
        return
      }
      if (this.#given === given) this.#limit = Math.max(this.#limit, this.#connections) + GROWTH
      this.#openMore()
    })
  }

  #open(): void {
    this.#connections++
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
    this.#given++
    connection.user = user
    user.onConnected(connection)
  }

  #takeIdle(freshness: 'pooled' | 'recent'): UpstreamConnection | undefined {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      const idleFor = this.#clock.now() - (connection.idleSince ?? 0)
      const usable = connection.socket.writable && !connection.socket.destroyed && idleFor < idleLimit(connection)
      if (usable && (freshness === 'pooled' || idleFor < RECENT_MS)) return connection
      if (usable) {
        // The last used one comes first, so no other one is more recent.
        this.#idle.push(connection)
        return undefined
      }
      connection.destroy()
    }
    return undefined
  }
}

function idleLimit(connection: UpstreamConnection): Millis {
  return connection.idleMs === undefined ? IDLE_MS : Math.min(IDLE_MS, connection.idleMs - IDLE_MARGIN_MS)
}
