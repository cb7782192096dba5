import type { Clock } from '../../src/kernel/clock.ts'
import type { Instant, Millis } from '../../src/kernel/instant.ts'
import type { RevisionId } from '../../src/model/names.ts'
import type { Answer, Backend, Visitor } from './backend.ts'
import { Body, requestFraming } from './http/body.ts'
import { isIdempotent, type RequestHead } from './http/request-head.ts'
import { ResponseReader, type ResponseSink } from './response-reader.ts'
import { isFull } from './socket-state.ts'
import { Standstill } from './standstill.ts'
import { Tunnel } from './tunnel.ts'
import type { Upstream } from './upstream.ts'
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts'

/** Bytes of a body that are read while its request waits; more stays in the client's socket. */
const READ_AHEAD = 16 * 1024
/** A request body of which nothing comes for so long is given up with 408. Source: nginx, client_body_timeout = 60 s. */
const BODY_MS: Millis = 60_000
/**
 * A replica that neither takes the rest of a request nor begins an answer for so long is given up with 504. The longest limit of what
 * is mirrored (Azure Container Apps: 240 s; ingress-nginx: 60 s), since a debugger may stand at a breakpoint; routes may say less.
 */
const ANSWER_MS: Millis = 240_000

/** Where a request goes. */
export interface Destination {
  readonly backend: Backend
  readonly holdMs: Millis
  readonly revision: RevisionId | undefined
}

/** The client's connection as an exchange sees it. */
export interface ExchangeClient extends ResponseSink {
  readonly clock: Clock
  now(): Instant
  /** The head that a replica is sent. */
  formatHead(head: RequestHead): string
  pause(): void
  resume(): void
  /** Answers instead of a replica. */
  answer(answer: Answer, head: RequestHead): void
  /** Ends a connection whose answer cannot be completed. */
  cut(): void
  becomeTunnel(tunnel: Tunnel): void
  onExchangeEnd(): void
}

/** One request and its response: waits at the gate, takes a connection, carries both bodies under back-pressure. */
export class Exchange implements Visitor, UpstreamUser {
  ticket = 0
  readonly holdMs: Millis
  readonly revision: RevisionId | undefined
  readonly #client: ExchangeClient
  readonly #head: RequestHead
  readonly #backend: Backend
  readonly #startedAt: Instant
  readonly #request: Body
  #response: ResponseReader | undefined
  #upstream: Upstream | undefined
  #connection: UpstreamConnection | undefined
  /** Body bytes that came before there was a connection. */
  #early: Buffer[] = []
  #earlyLength = 0
  #bodySent = false
  /** Bytes read from either side. */
  #moved = 0
  #standstill: Standstill | undefined
  #retried = false
  #over = false

  constructor(client: ExchangeClient, head: RequestHead, destination: Destination) {
    this.#client = client
    this.#head = head
    this.#backend = destination.backend
    this.holdMs = destination.holdMs
    this.revision = destination.revision
    this.#request = new Body(requestFraming(head), head.contentLength)
    this.#startedAt = client.now()
    this.#backend.counters.requests++
  }

  get head(): RequestHead {
    return this.#head
  }

  get requestComplete(): boolean {
    return this.#request.complete
  }

  /** Takes body bytes; returns how many of them belonged to this request. */
  onClientData(chunk: Buffer): number {
    if (this.#request.complete) return 0
    const length = this.#request.advance(chunk, 0, chunk.length)
    if (this.#request.error !== undefined) {
      this.#fail({ status: 400, reason: `the request body is malformed: ${this.#request.error}` })
      return chunk.length
    }
    const kept = this.#request.tidy(chunk, length)
    const part = kept === chunk.length ? chunk : chunk.subarray(0, kept)
    this.#moved += length
    this.#backend.counters.bytesIn += length
    if (this.#connection !== undefined) this.#sendBody(this.#connection, part)
    else if (length > 0) {
      this.#early.push(part)
      this.#earlyLength += length
      if (this.#earlyLength > READ_AHEAD && !this.#request.complete) this.#client.pause()
    }
    return length
  }

  get from(): string | undefined {
    return this.#client.socket.remoteAddress
  }

  reset(): void {
    if (this.#over) return
    this.#over = true
    this.#client.socket.resetAndDestroy()
  }

  enter(): void {
    this.#backend.enter(this)
  }

  forward(upstream: Upstream): void {
    this.#upstream = upstream
    upstream.acquire(this, this.#request.framing === 'none' && isIdempotent(this.#head.method) ? 'pooled' : 'recent')
  }

  refuse(answer: Answer): void {
    this.#upstream = undefined
    this.#fail(answer)
  }

  onConnected(connection: UpstreamConnection): void {
    this.#connection = connection
    if (!connection.reused && this.#upstream !== undefined) this.#backend.delivered(this.#upstream)
    this.#response = new ResponseReader(this, this.#client, this.#head)
    const { socket } = connection
    const early = this.#early
    this.#early = []
    if (early.length === 0) {
      socket.write(this.#client.formatHead(this.#head), 'latin1')
      return
    }
    socket.cork()
    socket.write(this.#client.formatHead(this.#head), 'latin1')
    for (const part of early) this.#sendBody(connection, part)
    socket.uncork()
    if (!isFull(socket)) this.#client.resume()
  }

  onConnectFailed(reason: string): void {
    const upstream = this.#upstream
    if (upstream === undefined || this.#over) return
    this.#upstream = undefined
    this.#backend.undeliverable(this, upstream, reason)
  }

  onUpstreamData(connection: UpstreamConnection, buffer: Buffer, length: number): void {
    this.#backend.counters.bytesOut += length
    this.#moved += length
    this.#response?.read(connection, buffer, length)
    // A long answer, or one to a client that does not read, must not stand in the way of other requests.
    if (connection === this.#connection && connection.counted && this.#response?.headSent === true) this.#upstream?.handOver(connection)
  }

  onUpstreamDrain(): void {
    this.#client.resume()
  }

  onUpstreamEnd(error: string | undefined): void {
    if (this.#over) return
    if (error === undefined && this.#response?.endsWithConnection === true) {
      this.onResponseEnd('close')
      return
    }
    const connection = this.#connection
    if (connection === undefined || this.#upstream === undefined) return
    // An idle connection that its server closed at the same moment: nothing was answered, so nothing is lost by asking again.
    const unanswered = connection.reused && !this.#bodySent && this.#response?.started === false
    if (unanswered && !this.#retried && isIdempotent(this.#head.method)) {
      this.#retried = true
      this.#dropConnection()
      this.#upstream.acquire(this, 'new')
      return
    }
    this.onBroken(`the replica closed the connection before its answer was complete (${error ?? 'end of stream'})`)
  }

  /** The answer changes the protocol: from now on both sides are connected byte by byte. */
  onUpgrade(protocol: string, rest: Buffer): void {
    const connection = this.#connection
    const upstream = this.#upstream
    if (connection === undefined || upstream === undefined) return
    this.#over = true
    this.#backend.counters.answered(101, this.#client.now() - this.#startedAt)
    const tunnel = new Tunnel({
      client: this.#client.socket,
      connection,
      backend: this.#backend,
      upstream,
      clock: this.#client.clock,
      protocol: protocol.toLowerCase() === 'websocket' ? 'websocket' : 'unknown',
    })
    this.#client.becomeTunnel(tunnel)
    tunnel.start(rest)
  }

  /** The whole answer was handed to the client. */
  onResponseEnd(reuse: 'reuse' | 'close'): void {
    const connection = this.#connection
    const upstream = this.#upstream
    if (connection === undefined || upstream === undefined) return
    this.#over = true
    this.#connection = undefined
    const { status, idleMs } = this.#response ?? { status: 0, idleMs: undefined }
    this.#backend.counters.answered(status, this.#client.now() - this.#startedAt)
    connection.idleMs = idleMs
    if (reuse === 'reuse' && this.#request.complete) upstream.release(connection)
    else {
      connection.user = undefined
      connection.destroy()
    }
    this.#backend.leave(upstream)
    this.#client.onExchangeEnd()
  }

  /** The answer cannot be completed: told to the client if nothing of it was sent, else the client's connection is cut. */
  onBroken(reason: string): void {
    this.#fail({ status: 502, reason: `${this.#backend.spec.component}: ${reason}` })
  }

  /** The client has gone: whatever was going on for it ends. */
  onClientGone(): void {
    if (this.#over) return
    this.#over = true
    if (this.#upstream === undefined) {
      this.#backend.giveUp(this)
      return
    }
    this.#upstream.abandon(this)
    this.#dropConnection()
    this.#backend.leave(this.#upstream)
  }

  onClientDrain(): void {
    this.#connection?.socket.resume()
  }

  /** Called now and then: ends a request when whoever has to go on with it does not. What waits at the gate is the gate's. */
  sweep(now: Instant): void {
    const connection = this.#connection
    if (this.#over || connection === undefined) return
    const { socket } = connection
    const clientOwes = !this.#request.complete && !isFull(socket) && !this.#awaitsContinue
    if (!clientOwes && this.#response?.headSent !== false) return
    const moved = this.#moved + socket.bytesWritten - socket.writableLength
    this.#standstill ??= new Standstill()
    if (!this.#standstill.lasts(clientOwes ? BODY_MS : ANSWER_MS, moved, now)) return
    if (clientOwes) this.#fail({ status: 408, reason: `nothing of the request body came for ${BODY_MS / 1000} s` })
    else {
      const what = this.#request.complete || this.#awaitsContinue ? 'did not begin to answer' : 'took nothing of the request body'
      this.#fail({ status: 504, reason: `${this.#backend.spec.component}: the replica ${what} for ${ANSWER_MS / 1000} s` })
    }
  }

  /** The client may wait for the replica's word before it sends the body. Source: RFC 9110, 10.1.1. */
  get #awaitsContinue(): boolean {
    return this.#head.expectsContinue && !this.#bodySent && this.#response?.started === false
  }

  #sendBody(connection: UpstreamConnection, part: Buffer): void {
    if (part.length === 0) return
    this.#bodySent = true
    connection.socket.write(part)
    if (isFull(connection.socket)) this.#client.pause()
  }

  #dropConnection(): void {
    const connection = this.#connection
    if (connection === undefined) return
    this.#connection = undefined
    connection.user = undefined
    connection.destroy()
  }

  #fail(answer: Answer): void {
    if (this.#over) return
    this.#over = true
    const upstream = this.#upstream
    const started = this.#response?.headSent === true
    if (upstream === undefined) this.#backend.giveUp(this)
    else upstream.abandon(this)
    this.#dropConnection()
    this.#backend.counters.answered(answer.status, this.#client.now() - this.#startedAt)
    if (upstream !== undefined) this.#backend.leave(upstream)
    if (started) this.#client.cut()
    else this.#client.answer(answer, this.#head)
  }
}
