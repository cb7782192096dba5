import type { Clock } from '../../src/kernel/clock.ts'
import type { Instant, Millis } from '../../src/kernel/instant.ts'
import type { Answer, Backend, Visitor } from './backend.ts'
import type { Destination } from './destination.ts'
import { isIdempotent, type RequestHead } from './http/request-head.ts'
import { isFull, Standstill } from './progress.ts'
import { RequestBody } from './request-body.ts'
import type { EndedRequest } from './request-ring.ts'
import { ResponseReader, type ResponseSink } from './response-reader.ts'
import { Tunnel } from './tunnel.ts'
import type { Upstream } from './upstream.ts'
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts'

/** A request body of which nothing comes for so long is given up with 408. Source: nginx, client_body_timeout = 60 s. */
const BODY_MS: Millis = 60_000
/**
 * A replica that neither takes the rest of a request nor begins an answer for so long is given up with 504. The longest limit of what
 * is mirrored (Azure Container Apps: 240 s; ingress-nginx: 60 s), since a debugger may stand at a breakpoint; routes may say less.
 */
const ANSWER_MS: Millis = 240_000

/** Status of a request whose client left before it was answered. Source: nginx. */
const CLIENT_LEFT = 499

/** The client's connection as an exchange sees it. */
export interface ExchangeClient extends ResponseSink {
  readonly clock: Clock
  readonly address: string
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
  waitedMs: Millis = 0
  readonly holdMs: Millis
  readonly revision: Destination['revision']
  readonly prefer: string | undefined
  readonly #client: ExchangeClient
  readonly #asked: RequestHead
  readonly #head: RequestHead
  readonly #backend: Backend
  readonly #startedAt: Instant
  readonly #request: RequestBody
  readonly #effects: Destination['effects']
  readonly #limits: ReturnType<NonNullable<Destination['effects']>['watch']>
  #response: ResponseReader | undefined
  #upstream: Upstream | undefined
  #connection: UpstreamConnection | undefined
  #bytesOut = 0
  /** Bytes read from either side. */
  #moved = 0
  #standstill: Standstill | undefined
  #retried = false
  #over = false

  constructor(client: ExchangeClient, head: RequestHead, destination: Destination) {
    this.#client = client
    this.#asked = head
    this.#head = destination.head ?? head
    this.#backend = destination.backend
    this.holdMs = destination.holdMs
    this.revision = destination.revision
    this.prefer = destination.prefer
    this.#effects = destination.effects
    this.#limits = destination.effects?.watch(client.clock, (reason) => this.#fail({ status: 504, reason: this.#said(reason) }))
    this.#request = new RequestBody(head, client)
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
    const length = this.#request.read(chunk)
    if (this.#request.error !== undefined) {
      this.#fail({ status: 400, reason: `the request body is malformed: ${this.#request.error}` })
      return chunk.length
    }
    this.#moved += length
    this.#backend.counters.bytesIn += length
    if (this.#connection !== undefined) this.#limits?.touch()
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
    if (!this.#retried && this.#upstream !== undefined) this.#upstream.counters.requests++
    this.#limits?.touch()
    this.#response = new ResponseReader(
      this,
      this.#client,
      this.#head,
      this.#effects === undefined ? undefined : this.#answerEdit(this.#upstream?.mark),
    )
    this.#request.begin(this.#client.formatHead(this.#head), connection.socket, this.#upstream?.counters)
  }

  onConnectFailed(reason: string): void {
    const upstream = this.#upstream
    if (upstream === undefined || this.#over) return
    this.#upstream = undefined
    this.#backend.undeliverable(this, upstream, reason)
  }

  onUpstreamData(connection: UpstreamConnection, buffer: Buffer, length: number): void {
    this.#backend.counters.bytesOut += length
    if (this.#upstream !== undefined) this.#upstream.counters.bytesOut += length
    this.#bytesOut += length
    this.#limits?.touch()
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
    const unanswered = connection.reused && !this.#request.sent && this.#response?.started === false
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
    this.#limits?.end()
    const now = this.#client.now()
    this.#backend.answered(upstream, 101, now - this.#startedAt)
    const isWebSocket = protocol.toLowerCase() === 'websocket'
    const ended = this.#ended(101, now, undefined)
    const backend = this.#backend
    const { clock } = this.#client
    const tunnel = new Tunnel({
      client: this.#client.socket,
      connection,
      backend,
      upstream,
      clock,
      idleMs: this.#limits?.idleMs,
      protocol: isWebSocket ? 'websocket' : 'unknown',
      onOver: (bytesIn, bytesOut) => {
        const tookMs = clock.now() - ended.at
        backend.requests.add({ ...ended, ...(isWebSocket ? { protocol: 'websocket' } : {}), tookMs, bytesIn, bytesOut })
      },
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
    this.#limits?.end()
    this.#connection = undefined
    this.#request.stop()
    const { status, idleMs } = this.#response ?? { status: 0, idleMs: undefined }
    const now = this.#client.now()
    this.#backend.answered(upstream, status, now - this.#startedAt)
    this.#backend.requests.add(this.#ended(status, now, undefined))
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
    this.#fail({ status: 502, reason: this.#said(reason) })
  }

  /** The client has gone: whatever was going on for it ends. */
  onClientGone(): void {
    if (this.#over) return
    this.#over = true
    this.#limits?.end()
    const status = this.#response?.headSent === true ? this.#response.status : CLIENT_LEFT
    if (this.#upstream === undefined) {
      this.#backend.giveUp(this)
      this.#backend.requests.add(this.#ended(status, this.#client.now(), 'the client left while the request waited'))
      return
    }
    this.#backend.requests.add(this.#ended(status, this.#client.now(), 'the client left before the answer was complete'))
    this.#upstream.abandon(this)
    this.#dropConnection()
    this.#backend.leave(this.#upstream)
  }

  onClientDrain(): void {
    this.#connection?.socket.resume()
  }

  /** Only a route that does something to answers needs a function for it. */
  #answerEdit(mark: string | undefined): ((fields: string) => string) | undefined {
    const effects = this.#effects
    return effects === undefined || mark === undefined ? undefined : (fields) => effects.responseLines(fields, mark, this.prefer)
  }

  #said(reason: string): string {
    return `${this.#backend.spec.component}: ${reason}`
  }

  /** Called now and then: ends a request when whoever has to go on with it does not. What waits at the gate is the gate's. */
  sweep(now: Instant): void {
    const connection = this.#connection
    if (this.#over || connection === undefined) return
    const { socket } = connection
    const clientOwes = !this.#request.complete && !isFull(socket) && !this.#awaitsContinue
    // A route with limits of its own has said how long.
    if (!clientOwes && (this.#limits !== undefined || this.#response?.headSent !== false)) return
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
    return this.#head.expectsContinue && !this.#request.sent && this.#response?.started === false
  }

  #ended(status: number, now: Instant, reason: string | undefined): EndedRequest {
    return {
      at: this.#startedAt,
      backend: this.#backend.spec,
      replica: this.#upstream?.id,
      client: this.#client.address,
      protocol: this.#head.minor === 1 ? 'http/1.1' : 'http/1.0',
      line: this.#line(),
      status,
      waitedMs: this.waitedMs,
      tookMs: now - this.#startedAt,
      bytesIn: this.#request.bytes,
      bytesOut: this.#bytesOut - (this.#response?.headBytes ?? 0),
      reason,
    }
  }

  /** What the client asked for, with the ids that the replica was told. */
  #line(): RequestHead {
    const { traceId, requestId } = this.#head
    return this.#asked === this.#head ? this.#head : { ...this.#asked, traceId, requestId }
  }

  #dropConnection(): void {
    const connection = this.#connection
    if (connection === undefined) return
    this.#connection = undefined
    this.#request.stop()
    connection.user = undefined
    connection.destroy()
  }

  #fail(answer: Answer): void {
    if (this.#over) return
    this.#over = true
    this.#limits?.end()
    const upstream = this.#upstream
    const started = this.#response?.headSent === true
    if (upstream === undefined) this.#backend.giveUp(this)
    else upstream.abandon(this)
    this.#dropConnection()
    const now = this.#client.now()
    this.#backend.answered(upstream, answer.status, now - this.#startedAt)
    this.#backend.requests.add(this.#ended(started ? (this.#response?.status ?? answer.status) : answer.status, now, answer.reason))
    if (upstream !== undefined) this.#backend.leave(upstream)
    if (started) this.#client.cut()
    else this.#client.answer(answer, this.#head)
  }
}
