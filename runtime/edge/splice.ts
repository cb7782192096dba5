import type { Socket } from 'node:net'
import type { Clock } from '../../src/kernel/clock.ts'
import type { Millis } from '../../src/kernel/instant.ts'
import type { Backend, Visitor } from './backend.ts'
import { Tunnel } from './tunnel.ts'
import type { Upstream } from './upstream.ts'
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts'

/** Bytes of a client that are read before its replica is there; more stays in the socket. */
const READ_AHEAD = 16 * 1024

/** One connection of a protocol we do not read: joined as a whole to one replica, waiting at the gate like a request. */
export class Splice implements Visitor, UpstreamUser {
  ticket = 0
  readonly revision = undefined
  readonly holdMs: Millis
  readonly #socket: Socket
  readonly #backend: Backend
  readonly #clock: Clock
  readonly #onClosed: () => void
  #early: Buffer[] = []
  #earlyLength = 0
  #upstream: Upstream | undefined
  #tunnel: Tunnel | undefined
  #gone = false

  constructor(socket: Socket, backend: Backend, clock: Clock, onClosed: () => void) {
    this.holdMs = backend.spec.holdMs
    this.#socket = socket
    this.#backend = backend
    this.#clock = clock
    this.#onClosed = onClosed
    socket
      .on('data', (chunk) => this.#onData(chunk))
      .on('drain', () => this.#tunnel?.onClientDrain())
      .on('end', () => this.#onEnd())
      .on('error', () => socket.destroy())
      .on('close', () => this.#onClose())
  }

  start(first: Buffer): void {
    if (first.length > 0) this.#onData(first)
    this.#backend.enter(this)
  }

  closeWhenIdle(): void {
    this.#tunnel?.drain()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  sweep(): void {}

  forward(upstream: Upstream): void {
    this.#upstream = upstream
    upstream.acquire(this, 'new')
  }

  refuse(): void {
    this.#upstream = undefined
    this.#socket.destroy()
  }

  onConnected(connection: UpstreamConnection): void {
    const upstream = this.#upstream
    if (upstream === undefined) return
    this.#backend.delivered(upstream)
    const tunnel = new Tunnel({
      client: this.#socket,
      connection,
      backend: this.#backend,
      upstream,
      clock: this.#clock,
      protocol: 'unknown',
    })
    this.#tunnel = tunnel
    tunnel.start(Buffer.alloc(0))
    for (const chunk of this.#early.splice(0)) tunnel.onClientData(chunk)
    this.#socket.resume()
  }

  onConnectFailed(reason: string): void {
    const upstream = this.#upstream
    if (upstream === undefined || this.#gone) return
    this.#upstream = undefined
    this.#backend.undeliverable(this, upstream, reason)
  }

  onUpstreamData(): void {}

  onUpstreamDrain(): void {}

  onUpstreamEnd(): void {}

  #onData(chunk: Buffer): void {
    if (this.#tunnel !== undefined) {
      this.#tunnel.onClientData(chunk)
      return
    }
    this.#early.push(chunk)
    this.#earlyLength += chunk.length
    if (this.#earlyLength > READ_AHEAD) this.#socket.pause()
  }

  #onEnd(): void {
    if (this.#tunnel !== undefined) this.#tunnel.onClientEnd()
    else this.#socket.destroy()
  }

  #onClose(): void {
    if (this.#gone) return
    this.#gone = true
    if (this.#tunnel !== undefined) this.#tunnel.onClientClosed()
    else if (this.#upstream !== undefined) {
      this.#upstream.abandon(this)
      this.#backend.leave(this.#upstream)
    } else this.#backend.giveUp(this)
    this.#onClosed()
  }
}
