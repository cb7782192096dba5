import { createSocket, type Socket } from 'node:dgram'
import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Instant, type Millis } from '../../../src/kernel/instant.ts'
import type { Backend, Drainable, Visitor } from '../backend.ts'
import type { Upstream } from '../upstream.ts'

/** A client that is silent, and is not sent anything, for so long begins anew. Between what Linux keeps for one datagram without an answer (30 s) and for an exchange (120 s), on which a service of Kubernetes rests; nginx, proxy_timeout: 600 s. */
const SESSION_IDLE_MS: Millis = 60_000
/** Datagrams, and bytes of them, kept for a replica that is on its way; further ones are lost, as on any network. */
const MAX_EARLY = 16
const MAX_EARLY_BYTES = 64 * 1024
/** A replica that goes has this long for answers that are on their way. */
const DRAIN_MS: Millis = 1000

export interface UdpSessionHooks {
  /** The client's address. */
  readonly from: string
  readonly answer: (datagram: Buffer) => void
  /** The next datagram of the client begins another session. */
  readonly onMovedOn: () => void
}

/** The datagrams of one client: all to one replica, and its answers back. */
export class UdpSession implements Visitor, Drainable {
  ticket = 0
  waitedMs: Millis = 0
  readonly revision = undefined
  readonly holdMs: Millis
  readonly #backend: Backend
  readonly #clock: Clock
  readonly #hooks: UdpSessionHooks
  #early: Buffer[] = []
  #earlyBytes = 0
  #upstream: Upstream | undefined
  #socket: Socket | undefined
  #connected = false
  #lastUse: Instant
  #draining: Disposable | undefined
  #over = false

  constructor(backend: Backend, clock: Clock, hooks: UdpSessionHooks) {
    this.holdMs = backend.spec.holdMs
    this.#backend = backend
    this.#clock = clock
    this.#hooks = hooks
    this.#lastUse = clock.now()
  }

  get upstream(): Upstream {
    if (this.#upstream === undefined) throw new Error('this session has no replica')
    return this.#upstream
  }

  start(first: Buffer): void {
    this.send(first)
    this.#backend.enter(this)
  }

  send(datagram: Buffer): void {
    if (this.#over) return
    this.#lastUse = this.#clock.now()
    this.#backend.counters.bytesIn += datagram.length
    if (this.#connected) {
      this.#socket?.send(datagram)
      return
    }
    if (this.#early.length >= MAX_EARLY || this.#earlyBytes + datagram.length > MAX_EARLY_BYTES) return
    this.#early.push(datagram)
    this.#earlyBytes += datagram.length
  }

  forward(upstream: Upstream): void {
    this.#upstream = upstream
    this.#backend.counters.requests++
    this.#backend.counters.connections++
    this.#backend.tunnels.add(this)
    const socket = createSocket(upstream.host.includes(':') ? 'udp6' : 'udp4')
    this.#socket = socket
    socket.on('message', (datagram) => {
      this.#lastUse = this.#clock.now()
      this.#backend.counters.bytesOut += datagram.length
      this.#hooks.answer(datagram)
    })
    // Nobody listens there (any more): the client's next datagram may go elsewhere.
    socket.on('error', () => this.end())
    socket.connect(upstream.port, upstream.host, () => {
      this.#connected = true
      for (const datagram of this.#early.splice(0)) socket.send(datagram)
    })
  }

  get from(): string {
    return this.#hooks.from
  }

  refuse(): void {
    this.#upstream = undefined
    this.end()
  }

  /** The replica goes: it may still answer, but is asked nothing more. */
  drain(): void {
    if (this.#over || this.#draining !== undefined) return
    this.#hooks.onMovedOn()
    this.#draining = this.#clock.at(after(this.#clock.now(), DRAIN_MS), () => this.end())
  }

  sweep(now: Instant): void {
    if (this.#upstream !== undefined && now - this.#lastUse >= SESSION_IDLE_MS) this.end()
  }

  end(): void {
    if (this.#over) return
    this.#over = true
    this.#hooks.onMovedOn()
    this.#draining?.[Symbol.dispose]()
    this.#socket?.close()
    this.#backend.tunnels.delete(this)
    if (this.#upstream === undefined) this.#backend.giveUp(this)
    else this.#backend.leave(this.#upstream)
  }
}
