import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { Clock } from '../../../src/kernel/clock.ts'
import type { Instant, Millis } from '../../../src/kernel/instant.ts'
import type { Answer, Backend, Visitor } from '../backend.ts'
import type { Destination } from '../destination.ts'
import type { Upstream } from '../upstream.ts'
import { changeAnswer } from './call-head.ts'
import { lineOf } from './call-record.ts'
import { countedStatus, encodeMessage, grpcStatusOf, isGrpc, readTimeout, UNAVAILABLE } from './grpc.ts'
import { Http1Stream, type ReplicaStream } from './http1-stream.ts'
import { answerGrpc, answerPlain } from './own-answer.ts'
import { type NoSession, SessionPool, type SessionUser, type UpstreamSession } from './session-pool.ts'

/** Of a request so much is kept until it is answered, so that a call which the replica refuses unread can be made again. */
const KEPT = 64 * 1024
/** A replica that refuses a call unread goes, or is overloaded: it is asked so often. */
const MAX_TRIES = 3
/** Status of a request whose client left before it was answered. Source: nginx. */
const CLIENT_LEFT = 499
const LEFT_EARLY = 'the client left before the answer was complete'
const { NGHTTP2_CANCEL, NGHTTP2_FLAG_END_STREAM, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants

/** A stream of a client's session as it arrived. */
export interface Incoming {
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
  readonly flags: number
  /** Address of the client. */
  readonly client: string
}

/** One request on a stream of a client, carried over a stream to a replica: both bodies, trailers, interim answers and resets, under back-pressure. */
export class Call implements Visitor, SessionUser {
  ticket = 0
  waitedMs: Millis = 0
  readonly holdMs: Millis
  readonly revision: Destination['revision']
  readonly prefer: string | undefined
  readonly #effects: Destination['effects']
  readonly #limits: ReturnType<NonNullable<Destination['effects']>['watch']>
  readonly #stream: ServerHttp2Stream
  readonly #headers: IncomingHttpHeaders
  readonly #bodyless: boolean
  readonly #grpc: boolean
  readonly #deadline: 'own' | 'none'
  readonly #backend: Backend
  readonly #clock: Clock
  readonly #startedAt: Instant
  readonly #client: string
  #bytesIn = 0
  #bytesOut = 0
  #upstream: Upstream | undefined
  #session: UpstreamSession | undefined
  #out: ReplicaStream | undefined
  #tries = 0
  /** Sent already, in case it must be sent again; undefined when it is too much. */
  #kept: Buffer[] | undefined = []
  #keptLength = 0
  #requestEnded = false
  #requestTrailers: IncomingHttpHeaders | undefined
  #status = 0
  #grpcStatus: unknown
  #trailers: IncomingHttpHeaders | undefined
  #answered = false
  #error: string | undefined
  #over = false

  constructor(incoming: Incoming, destination: Destination, clock: Clock) {
    const { stream, headers, flags, client } = incoming
    this.#client = client
    this.#stream = stream
    this.#headers = headers
    this.#bodyless = (flags & NGHTTP2_FLAG_END_STREAM) !== 0
    this.#requestEnded = this.#bodyless
    this.#grpc = isGrpc(headers)
    const timeout = this.#grpc ? readTimeout(headers) : undefined
    this.#deadline = timeout !== undefined && timeout < destination.holdMs ? 'own' : 'none'
    this.holdMs = timeout === undefined ? destination.holdMs : Math.min(timeout, destination.holdMs)
    this.revision = destination.revision
    this.prefer = destination.prefer
    this.#effects = destination.effects
    this.#limits = destination.effects?.watch(clock, (reason) => this.#onOver(reason))
    this.#backend = destination.backend
    this.#clock = clock
    this.#startedAt = clock.now()
    this.#backend.counters.requests++
    // Its `close` tells all there is to do.
    stream
      .on('error', () => {})
      .on('drain', () => this.#out?.resume())
      .on('close', () => this.#onClientClosed())
    if (this.#bodyless) return
    stream.on('trailers', (trailers) => {
      this.#requestTrailers = trailers
    })
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
    let out: ClientHttp2Stream
    try {
      // Requests of gRPC have no trailers; waiting for those of others costs a frame.
      out = session.session.request(this.#headers, { endStream: this.#bodyless, waitForTrailers: !this.#bodyless && !this.#grpc })
    } catch (error) {
      this.#dropSession()
      this.#fail({
        status: 502,
        reason: this.#say(`the request cannot be passed on: ${error instanceof Error ? error.message : String(error)}`),
      })
      return
    }
    if (!this.#bodyless && !this.#grpc) out.on('wantTrailers', () => out.sendTrailers(this.#requestTrailers ?? {}))
    this.#attach(out)
  }

  #attach(out: ReplicaStream): void {
    this.#out = out
    if (this.#tries === 0 && this.#upstream !== undefined) this.#upstream.counters.requests++
    out
      .on('headers', (headers: IncomingHttpHeaders) => this.#onInterim(headers))
      .on('response', (headers: IncomingHttpHeaders, flags: number) => this.#onResponse(headers, flags))
      .on('data', (chunk: Buffer) => this.#onAnswerData(chunk))
      .on('trailers', (trailers: IncomingHttpHeaders) => this.#onAnswerTrailers(trailers))
      .on('end', () => this.#onAnswerEnd())
      .on('drain', () => this.#stream.resume())
      .on('error', (error: Error) => {
        this.#error = error.message
      })
      .on('close', () => this.#onUpstreamClosed(out))
    if (!this.#bodyless) this.#sendBody(out)
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
      body: this.#bodyless ? 'none' : 'follows',
      onUnreachable: (reason) => {
        if (this.#out !== out) return
        this.#out = undefined
        out.close()
        SessionPool.of(upstream, this.#clock).forget()
        if (this.#kept === undefined) {
          this.#fail({
            status: 502,
            reason: this.#say(`the replica was not reached (${reason}), and the request is too long to be sent again`),
          })
          return
        }
        this.#stream.pause()
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

  #sendBody(out: ReplicaStream): void {
    const stream = this.#stream
    if (this.#tries > 0) {
      for (const chunk of this.#kept ?? []) out.write(chunk)
      if (this.#requestEnded) out.end()
      else stream.resume()
      return
    }
    stream
      .on('data', (chunk: Buffer) => this.#onRequestData(chunk))
      .on('end', () => {
        this.#requestEnded = true
        this.#out?.end()
      })
  }

  /** A limit of the route: the call waits at the gate, for a session, or is with its replica. */
  #onOver(reason: string): void {
    if (this.#over) return
    if (this.#upstream === undefined) this.#backend.giveUp(this)
    else if (this.#out === undefined) SessionPool.of(this.#upstream, this.#clock).abandon(this)
    this.#fail({ status: 504, reason: this.#say(reason) })
  }

  #onRequestData(chunk: Buffer): void {
    this.#limits?.touch()
    this.#backend.counters.bytesIn += chunk.length
    if (this.#upstream !== undefined) this.#upstream.counters.bytesIn += chunk.length
    this.#bytesIn += chunk.length
    if (this.#kept !== undefined) {
      this.#keptLength += chunk.length
      if (this.#keptLength > KEPT) this.#kept = undefined
      else this.#kept.push(chunk)
    }
    if (this.#out?.write(chunk) === false) this.#stream.pause()
  }

  #onInterim(headers: IncomingHttpHeaders): void {
    if (!this.#stream.closed && !this.#stream.headersSent) this.#stream.additionalHeaders(headers)
  }

  #onResponse(headers: IncomingHttpHeaders, flags: number): void {
    const stream = this.#stream
    this.#kept = undefined
    if (stream.closed || stream.destroyed) return
    this.#status = Number(headers[':status'])
    if (headers['grpc-status'] !== undefined) this.#grpcStatus = headers['grpc-status']
    const mark = this.#upstream?.mark
    if (this.#effects !== undefined && mark !== undefined) changeAnswer(headers, this.#effects, { mark, preferred: this.prefer })
    const endStream = (flags & NGHTTP2_FLAG_END_STREAM) !== 0
    if (endStream) this.#answered = true
    // `sendDate` is not in the types: a replica that sends no date has its reasons.
    const waitForTrailers = !endStream && this.#headers[':method'] !== 'HEAD' && !hasNoContent(this.#status)
    const options = { endStream, waitForTrailers, sendDate: false }
    try {
      stream.respond(headers, options)
    } catch (error) {
      this.#fail({
        status: 502,
        reason: this.#say(`the response cannot be passed on: ${error instanceof Error ? error.message : String(error)}`),
      })
      return
    }
    if (waitForTrailers) stream.on('wantTrailers', () => stream.sendTrailers(this.#trailers ?? {}))
  }

  #onAnswerData(chunk: Buffer): void {
    this.#limits?.touch()
    this.#backend.counters.bytesOut += chunk.length
    if (this.#upstream !== undefined) this.#upstream.counters.bytesOut += chunk.length
    this.#bytesOut += chunk.length
    if (this.#stream.writable && !this.#stream.write(chunk)) this.#out?.pause()
  }

  #onAnswerTrailers(trailers: IncomingHttpHeaders): void {
    this.#trailers = trailers
    if (trailers['grpc-status'] !== undefined) this.#grpcStatus = trailers['grpc-status']
  }

  #onAnswerEnd(): void {
    if (!this.#stream.headersSent || this.#out?.aborted === true) return
    this.#answered = true
    if (this.#stream.writable) this.#stream.end()
  }

  /** The replica's stream is over, in whatever way. */
  #onUpstreamClosed(out: ReplicaStream): void {
    if (this.#out !== out) return
    this.#out = undefined
    const code = out.rstCode ?? NGHTTP2_NO_ERROR
    const broken = this.#session?.broken ?? out.broken
    this.#dropSession()
    if (this.#over) return
    if (this.#answered) {
      // An answer that came before the request was complete: the rest of it is not wanted.
      if (!this.#requestEnded) this.#stream.close(code)
      if (this.#grpc && this.#status === 200) this.#count(countedStatus(this.#grpcStatus), sayGrpc(this.#grpcStatus))
      else this.#count(this.#status, undefined)
      return
    }
    if (code === NGHTTP2_REFUSED_STREAM && this.#kept !== undefined && ++this.#tries < MAX_TRIES && this.#upstream !== undefined) {
      this.#stream.pause()
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
    if (this.#over || (this.#answered && this.#requestEnded)) return
    this.#kept = undefined
    if (this.#upstream === undefined) {
      this.#over = true
      this.#backend.giveUp(this)
      this.#tell(CLIENT_LEFT, 'the client left while the request waited')
      return
    }
    const out = this.#out
    if (out === undefined) {
      SessionPool.of(this.#upstream, this.#clock).abandon(this)
      this.#tell(CLIENT_LEFT, LEFT_EARLY)
      this.#leave()
      return
    }
    if (this.#answered) {
      out.close(code)
      return
    }
    this.#over = true
    out.close(code === NGHTTP2_NO_ERROR ? NGHTTP2_CANCEL : code)
    this.#tell(this.#stream.headersSent ? this.#status : CLIENT_LEFT, LEFT_EARLY)
    this.#leave()
  }

  /** Answers instead of the replica, or ends an answer that cannot be completed so that nobody takes it for a whole one. */
  #fail(answer: Answer): void {
    if (this.#over) return
    const stream = this.#stream
    const status = grpcStatusOf(answer, this.#deadline)
    const out = this.#out
    this.#out = undefined
    if (out !== undefined) {
      out.close(NGHTTP2_CANCEL)
      this.#dropSession()
    }
    if (stream.headersSent) this.#breakOff(answer)
    else if (!stream.closed && !stream.destroyed) {
      if (this.#grpc) answerGrpc(stream, answer.reason, status)
      else answerPlain(stream, this.#headers, answer)
    }
    this.#count(this.#grpc ? countedStatus(status) : answer.status, answer.reason)
  }

  #breakOff(answer: Answer): void {
    const stream = this.#stream
    if (!this.#grpc || !stream.writable) {
      stream.close(NGHTTP2_INTERNAL_ERROR)
      return
    }
    this.#trailers = { 'grpc-status': String(UNAVAILABLE), 'grpc-message': encodeMessage(answer.reason) }
    stream.end()
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
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
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

function sayGrpc(status: unknown): string | undefined {
  const text = String(status ?? 'missing')
  return text === '0' ? undefined : `grpc-status ${text}`
}

function hasNoContent(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}
