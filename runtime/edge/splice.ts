import type { Socket } from 'node:net'
import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Instant, type Millis } from '../../src/kernel/instant.ts'
import type { Answer, Backend, Drainable, Visitor } from './backend.ts'
import { clientAddress } from './client-side.ts'
import type { EndedRequest } from './request-ring.ts'
import { guessProtocol, SILENCE_MS, SNIFFED_BYTES } from './sniff.ts'
import { Tunnel } from './tunnel.ts'
import type { Upstream } from './upstream.ts'
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts'

/** Bytes of a client that are read before its replica is there; more stays in the socket. */
const READ_AHEAD = 16 * 1024

export interface SpliceHooks {
  readonly onClosed: () => void
  /** Given for a client that has said nothing yet: called with its first bytes when it speaks before the server, and speaks HTTP. */
  readonly onHttp?: (protocol: 'http' | 'http2', first: Buffer) => void
}

/**
 * One connection of a protocol we do not read: joined as a whole to one replica, waiting at the gate like a request. While
 * neither side has said anything nothing is decided: a pool that connects in advance, or a busy client, may speak HTTP late.
 */
export class Splice implements Visitor, UpstreamUser {
  ticket = 0
  waitedMs: Millis = 0
  readonly revision = undefined
  readonly holdMs: Millis
  readonly #socket: Socket
  readonly #backend: Backend
  readonly #clock: Clock
  readonly #hooks: SpliceHooks
  readonly #address: string
  readonly #startedAt: Instant
  #silent: boolean
  #seen: Buffer = Buffer.alloc(0)
  /** Runs while what the client said may still become HTTP. */
  #patience: Disposable | undefined
  #early: Buffer[] = []
  #earlyLength = 0
  #upstream: Upstream | undefined
  /** To the replica, while nobody has said anything. */
  #connection: UpstreamConnection | undefined
  #drainable: Drainable | undefined
  #tunnel: Tunnel | undefined
  #gone = false
  #told = false

  constructor(socket: Socket, backend: Backend, clock: Clock, hooks: SpliceHooks) {
    this.holdMs = backend.spec.holdMs
    this.#socket = socket
    this.#backend = backend
    this.#clock = clock
    this.#hooks = hooks
    this.#address = clientAddress(socket)
    this.#startedAt = clock.now()
    this.#silent = hooks.onHttp !== undefined
    socket.on('data', this.#onData).on('drain', this.#onDrain).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose)
  }

  start(first: Buffer): void {
    if (first.length > 0) this.#onData(first)
    this.#backend.enter(this)
  }

  closeWhenIdle(): void {
    if (this.#silent) this.#socket.destroy()
    else this.#tunnel?.drain()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  sweep(): void {}

  forward(upstream: Upstream): void {
    this.#upstream = upstream
    upstream.acquire(this, 'new')
  }

  get from(): string | undefined {
    return this.#socket.remoteAddress
  }

  reset(): void {
    this.#socket.resetAndDestroy()
  }

  refuse(answer: Answer): void {
    this.#upstream = undefined
    this.#note({ bytesIn: 0, bytesOut: 0, reason: answer.reason })
    this.#told = true
    this.#socket.destroy()
  }

  onConnected(connection: UpstreamConnection): void {
    const upstream = this.#upstream
    if (upstream === undefined) return
    this.#backend.delivered(upstream)
    upstream.handOver(connection)
    if (!this.#silent) {
      this.#join(connection, upstream, Buffer.alloc(0))
      return
    }
    this.#connection = connection
    this.#drainable = { upstream, drain: () => this.#moveOn() }
    this.#backend.tunnels.add(this.#drainable)
    if (upstream.load.draining) this.#moveOn()
  }

  #join(connection: UpstreamConnection, upstream: Upstream, first: Buffer): void {
    const tunnel = new Tunnel({
      client: this.#socket,
      connection,
      backend: this.#backend,
      upstream,
      clock: this.#clock,
      protocol: 'unknown',
      onOver: (bytesIn, bytesOut) => this.#note({ bytesIn, bytesOut, reason: undefined }),
    })
    this.#tunnel = tunnel
    tunnel.start(first)
    for (const chunk of this.#early.splice(0)) tunnel.onClientData(chunk)
    this.#socket.resume()
  }

  onConnectFailed(reason: string): void {
    const upstream = this.#upstream
    if (upstream === undefined || this.#gone) return
    this.#upstream = undefined
    this.#backend.undeliverable(this, upstream, reason)
  }

  /** The server speaks first. */
  onUpstreamData(_: UpstreamConnection, buffer: Buffer, length: number): void {
    this.#decide(Buffer.from(buffer.subarray(0, length)))
  }

  onUpstreamDrain(): void {}

  /** The server ends a connection on which nothing was said. */
  onUpstreamEnd(): void {
    this.#socket.destroySoon()
  }

  /** The replica goes, and nothing of the conversation has taken place: another one will do as well. */
  #moveOn(): void {
    this.#letGo()
    this.#backend.enter(this)
  }

  /** Somebody has spoken, and it is not HTTP. */
  #decide(fromServer: Buffer): void {
    const connection = this.#connection
    const upstream = this.#upstream
    this.#silent = false
    this.#patience?.[Symbol.dispose]()
    this.#connection = undefined
    this.#forgetDrain()
    if (connection !== undefined && upstream !== undefined) this.#join(connection, upstream, fromServer)
    if (this.#seen.length > 0) this.#onData(this.#seen)
  }

  #hear(chunk: Buffer): void {
    this.#seen = this.#seen.length === 0 ? chunk : Buffer.concat([this.#seen, chunk])
    const guess = guessProtocol(this.#seen.toString('latin1', 0, SNIFFED_BYTES))
    if (guess === 'unsure') {
      this.#patience ??= this.#clock.at(after(this.#clock.now(), SILENCE_MS), () => this.#decide(Buffer.alloc(0)))
      return
    }
    if (guess === 'other') {
      this.#decide(Buffer.alloc(0))
      return
    }
    this.#gone = true
    this.#patience?.[Symbol.dispose]()
    this.#letGo()
    this.#socket.off('data', this.#onData).off('drain', this.#onDrain).off('end', this.#onEnd)
    this.#socket.off('error', this.#onError).off('close', this.#onClose)
    this.#hooks.onHttp?.(guess, this.#seen)
  }

  /** Leaves the gate, or the replica. */
  #letGo(): void {
    const connection = this.#connection
    const upstream = this.#upstream
    this.#connection = undefined
    this.#upstream = undefined
    this.#forgetDrain()
    if (upstream === undefined) {
      this.#backend.giveUp(this)
      return
    }
    if (connection === undefined) upstream.abandon(this)
    else {
      connection.user = undefined
      connection.destroy()
    }
    this.#backend.leave(upstream)
  }

  #forgetDrain(): void {
    if (this.#drainable !== undefined) this.#backend.tunnels.delete(this.#drainable)
    this.#drainable = undefined
  }

  /** A connection on which nobody has said anything is not told of. */
  #note(end: Pick<EndedRequest, 'bytesIn' | 'bytesOut' | 'reason'>): void {
    this.#backend.requests.add({
      at: this.#startedAt,
      backend: this.#backend.spec,
      replica: this.#upstream?.id,
      client: this.#address,
      protocol: 'tcp',
      line: undefined,
      status: undefined,
      waitedMs: this.waitedMs,
      tookMs: this.#clock.now() - this.#startedAt,
      ...end,
    })
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#silent) {
      this.#hear(chunk)
      return
    }
    if (this.#tunnel !== undefined) {
      this.#tunnel.onClientData(chunk)
      return
    }
    this.#early.push(chunk)
    this.#earlyLength += chunk.length
    if (this.#earlyLength > READ_AHEAD) this.#socket.pause()
  }

  readonly #onDrain = (): void => {
    this.#tunnel?.onClientDrain()
  }

  readonly #onEnd = (): void => {
    if (this.#tunnel !== undefined) this.#tunnel.onClientEnd()
    else this.#socket.destroy()
  }

  readonly #onError = (): void => {
    this.#socket.destroy()
  }

  readonly #onClose = (): void => {
    if (this.#gone) return
    this.#gone = true
    this.#patience?.[Symbol.dispose]()
    if (this.#tunnel !== undefined) this.#tunnel.onClientClosed()
    else {
      this.#letGo()
      if (!this.#silent && !this.#told) this.#note({ bytesIn: 0, bytesOut: 0, reason: 'the client left while the connection waited' })
    }
    this.#hooks.onClosed()
  }
}
