import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { Clock } from '../../../src/kernel/clock.ts'
import type { Instant, Millis } from '../../../src/kernel/instant.ts'
import type { Answer, Backend, Visitor } from '../backend.ts'
import type { Destination } from '../destination.ts'
import type { Upstream } from '../upstream.ts'
import { CallAnswer } from './call-answer.ts'
import { lineOf } from './call-record.ts'
import { CallRequest, type Incoming } from './call-request.ts'
import { countedStatus, grpcStatusOf, readTimeout } from './grpc.ts'
import { Http1Stream, type ReplicaStream } from './http1-stream.ts'
import { type NoSession, SessionPool, type SessionUser, type UpstreamSession } from './session-pool.ts'

/** A replica that refuses a call unread goes, or is overloaded: it is asked so often. */
const MAX_TRIES = 3
/** Status of a request whose client left before it was answered. Source: nginx. */
const CLIENT_LEFT = 499
const LEFT_EARLY = 'the client left before the answer was complete'
const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants

/**
 * One request on a stream of a client, carried over a stream to a replica: waits at the gate and for a session, joins what is sent with what
 * is answered, and ends once, however either side does.
 */
export class Call implements Visitor, SessionUser {
  ticket = 0
  waitedMs: Millis = 0
  readonly holdMs: Millis
  readonly revision: Destination['revision']
  readonly prefer: string | undefined
  readonly #limits: ReturnType<NonNullable<Destination['effects']>['watch']>
  readonly #stream: ServerHttp2Stream
  readonly #headers: IncomingHttpHeaders
  readonly #grpc: boolean
  readonly #deadline: 'own' | 'none'
  readonly #backend: Backend
  readonly #clock: Clock
  readonly #startedAt: Instant
  readonly #client: string
  readonly #request: CallRequest
  readonly #answer: CallAnswer
  #upstream: Upstream | undefined
  #session: UpstreamSession | undefined
  #tries = 0
  #error: string | undefined
  #over = false

  constructor(incoming: Incoming, destination: Destination, clock: Clock) {
    const { stream, headers, client } = incoming
    this.#client = client
    this.#stream = stream
    this.#headers = headers
    this.#request = new CallRequest(incoming, (count) => this.#onRequestBytes(count))
    this.#answer = new CallAnswer(stream, headers, destination)
    this.#grpc = this.#answer.grpc
    const timeout = this.#grpc ? readTimeout(headers) : undefined
    this.#deadline = timeout !== undefined && timeout < destination.holdMs ? 'own' : 'none'
    this.holdMs = timeout === undefined ? destination.holdMs : Math.min(timeout, destination.holdMs)
    this.revision = destination.revision
    this.prefer = destination.prefer
    this.#limits = destination.effects?.watch(clock, (reason) => this.#onOver(reason))
    this.#backend = destination.backend
    this.#clock = clock
    this.#startedAt = clock.now()
    this.#backend.counters.requests++
    // Its `close` tells all there is to do.
    stream
      .on('error', () => {})
      .on('drain', () => this.#request.out?.resume())
      .on('close', () => this.#onClientClosed())
  }

  enter(): void {
    this.#backend.enter(this)
  }

  forward(upstream: Upstream): void {
    this.#upstream = upstream
    const pool = SessionPool.of(upstream, this.#clock)
    if (pool.onlyHttp1 && !this.#grpc) this.#goOverHttp1(upstream)
    else pool.acquire(this)
  }

  refuse(answer: Answer): void {
    this.#upstream = undefined
    this.#fail(answer)
  }

  onSession(session: UpstreamSession): void {
    const upstream = this.#upstream
    if (upstream === undefined) return
    this.#limits?.touch()
    this.#session = session
    this.#backend.delivered(upstream)
    const request = this.#request
    // Requests of gRPC have no trailers; waiting for those of others costs a frame.
    const waitForTrailers = !request.bodyless && !this.#grpc
    let out: ClientHttp2Stream
    try {
      out = session.session.request(this.#headers, { endStream: request.bodyless, waitForTrailers })
    } catch (error) {
      this.#dropSession()
      this.#fail({
        status: 502,
        reason: this.#say(`the request cannot be passed on: ${error instanceof Error ? error.message : String(error)}`),
      })
      return
    }
    if (waitForTrailers) out.on('wantTrailers', () => out.sendTrailers(request.trailers))
    this.#attach(out)
  }

  #attach(out: ReplicaStream): void {
    this.#request.out = out
    if (this.#tries === 0 && this.#upstream !== undefined) this.#upstream.counters.requests++
    out
      .on('headers', (headers: IncomingHttpHeaders) => this.#answer.interim(headers))
      .on('response', (headers: IncomingHttpHeaders, flags: number) => this.#onResponse(headers, flags))
      .on('data', (chunk: Buffer) => this.#onAnswerData(chunk))
      .on('trailers', (trailers: IncomingHttpHeaders) => this.#answer.follow(trailers))
      .on('end', () => this.#onAnswerEnd())
      .on('drain', () => this.#request.resume())
      .on('error', (error: Error) => {
        this.#error = error.message
      })
      .on('close', () => this.#onUpstreamClosed(out))
    if (!this.#request.bodyless) this.#request.send()
  }

  onNoSession(why: NoSession): void {
    const upstream = this.#upstream
    if (upstream === undefined || this.#over) return
    if (why.kind === 'not-http2' && !this.#grpc) {
      this.#goOverHttp1(upstream)
      return
    }
    if (why.kind === 'not-http2') {
      this.#fail({ status: 502, reason: this.#say(why.reason) })
      return
    }
    this.#goElsewhere(upstream, why.reason)
  }

  #goOverHttp1(upstream: Upstream): void {
    const out: Http1Stream = new Http1Stream({
      upstream,
      headers: this.#headers,
      body: this.#request.bodyless ? 'none' : 'follows',
      onUnreachable: (reason) => {
        if (this.#request.out !== out) return
        this.#request.out = undefined
        out.close()
        SessionPool.of(upstream, this.#clock).forget()
        if (!this.#request.repeatable) {
          this.#fail({
            status: 502,
            reason: this.#say(`the replica was not reached (${reason}), and the request is too long to be sent again`),
          })
          return
        }
        this.#request.hold()
        this.#tries++
        this.#goElsewhere(upstream, reason)
      },
    })
    this.#attach(out)
    out.start()
  }

  #goElsewhere(upstream: Upstream, reason: string): void {
    this.#upstream = undefined
    this.#backend.undeliverable(this, upstream, reason)
  }

  /** A limit of the route: the call waits at the gate, for a session, or is with its replica. */
  #onOver(reason: string): void {
    if (this.#over) return
    if (this.#upstream === undefined) this.#backend.giveUp(this)
    else if (this.#request.out === undefined) SessionPool.of(this.#upstream, this.#clock).abandon(this)
    this.#fail({ status: 504, reason: this.#say(reason) })
  }

  #onRequestBytes(count: number): void {
    this.#limits?.touch()
    this.#backend.counters.bytesIn += count
    if (this.#upstream !== undefined) this.#upstream.counters.bytesIn += count
  }

  #onResponse(headers: IncomingHttpHeaders, flags: number): void {
    this.#request.forget()
    try {
      this.#answer.begin(headers, flags, this.#upstream?.mark)
    } catch (error) {
      this.#fail({
        status: 502,
        reason: this.#say(`the response cannot be passed on: ${error instanceof Error ? error.message : String(error)}`),
      })
    }
  }

  #onAnswerData(chunk: Buffer): void {
    this.#limits?.touch()
    this.#backend.counters.bytesOut += chunk.length
    if (this.#upstream !== undefined) this.#upstream.counters.bytesOut += chunk.length
    if (!this.#answer.write(chunk)) this.#request.out?.pause()
  }

  #onAnswerEnd(): void {
    if (this.#request.out?.aborted !== true) this.#answer.finish()
  }

  /** The replica's stream is over, in whatever way. */
  #onUpstreamClosed(out: ReplicaStream): void {
    if (this.#request.out !== out) return
    this.#request.out = undefined
    const code = out.rstCode ?? NGHTTP2_NO_ERROR
    const broken = this.#session?.broken ?? out.broken
    this.#dropSession()
    if (this.#over) return
    if (this.#answer.complete) {
      // An answer that came before the request was complete: the rest of it is not wanted.
      if (!this.#request.ended) this.#stream.close(code)
      const { status, reason } = this.#answer.outcome
      this.#count(status, reason)
      return
    }
    const refused = code === NGHTTP2_REFUSED_STREAM && this.#request.repeatable
    if (refused && ++this.#tries < MAX_TRIES && this.#upstream !== undefined) {
      this.#request.hold()
      SessionPool.of(this.#upstream, this.#clock).acquire(this)
      return
    }
    if (broken !== undefined) {
      this.#fail({ status: 502, reason: this.#say(`the replica closed the connection before its answer was complete (${broken})`) })
      return
    }
    if (code === NGHTTP2_NO_ERROR) {
      this.#fail({ status: 502, reason: this.#say(`the answer is not complete (${this.#error ?? 'end of stream'})`) })
      return
    }
    this.#stream.close(code)
    this.#count(502, this.#say(`the replica reset the stream (code ${code})`))
  }

  /** The client's stream is over: if the call is not, the client has given up. */
  #onClientClosed(): void {
    const code = this.#stream.rstCode ?? NGHTTP2_CANCEL
    if (this.#over || (this.#answer.complete && this.#request.ended)) return
    this.#request.forget()
    if (this.#upstream === undefined) {
      this.#over = true
      this.#backend.giveUp(this)
      this.#tell(CLIENT_LEFT, 'the client left while the request waited')
      return
    }
    const { out } = this.#request
    if (out === undefined) {
      SessionPool.of(this.#upstream, this.#clock).abandon(this)
      this.#tell(CLIENT_LEFT, LEFT_EARLY)
      this.#leave()
      return
    }
    if (this.#answer.complete) {
      out.close(code)
      return
    }
    this.#over = true
    out.close(code === NGHTTP2_NO_ERROR ? NGHTTP2_CANCEL : code)
    this.#tell(this.#answer.begun ? this.#answer.status : CLIENT_LEFT, LEFT_EARLY)
    this.#leave()
  }

  /** Answers instead of the replica, or ends an answer that cannot be completed so that nobody takes it for a whole one. */
  #fail(answer: Answer): void {
    if (this.#over) return
    const status = grpcStatusOf(answer, this.#deadline)
    const { out } = this.#request
    this.#request.out = undefined
    if (out !== undefined) {
      out.close(NGHTTP2_CANCEL)
      this.#dropSession()
    }
    this.#answer.fail(answer, status)
    this.#count(this.#grpc ? countedStatus(status) : answer.status, answer.reason)
  }

  #count(status: number, reason: string | undefined): void {
    this.#backend.answered(this.#upstream, status, this.#clock.now() - this.#startedAt)
    this.#tell(status, reason)
    this.#leave()
  }

  /** The status of a call of gRPC is that of HTTP which stands for its own. */
  #tell(status: number, reason: string | undefined): void {
    this.#limits?.end()
    this.#backend.requests.add({
      at: this.#startedAt,
      backend: this.#backend.spec,
      replica: this.#upstream?.id,
      client: this.#client,
      protocol: this.#grpc ? 'grpc' : 'h2',
      line: lineOf(this.#headers),
      status,
      waitedMs: this.waitedMs,
      tookMs: this.#clock.now() - this.#startedAt,
      bytesIn: this.#request.bytes,
      bytesOut: this.#answer.bytes,
      reason,
    })
  }

  #leave(): void {
    this.#over = true
    const upstream = this.#upstream
    this.#upstream = undefined
    if (upstream !== undefined) this.#backend.leave(upstream)
  }

  #dropSession(): void {
    const session = this.#session
    this.#session = undefined
    session?.release()
  }

  #say(reason: string): string {
    return `${this.#backend.spec.component}: ${reason}`
  }
}
