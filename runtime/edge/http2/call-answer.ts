import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { Answer } from '../backend.ts'
import type { Destination } from '../destination.ts'
import { changeAnswer } from './call-head.ts'
import { countedStatus, encodeMessage, isGrpc, UNAVAILABLE } from './grpc.ts'
import { answerGrpc, answerPlain } from './own-answer.ts'

const { NGHTTP2_FLAG_END_STREAM, NGHTTP2_INTERNAL_ERROR } = constants

/** What a client's stream is answered: heads, body and trailers of a replica. */
export class CallAnswer {
  /** Of HTTP; 0 until there is an answer. */
  status = 0
  bytes = 0
  /** All of it was handed to the client's stream. */
  complete = false
  readonly grpc: boolean
  readonly #stream: ServerHttp2Stream
  readonly #request: IncomingHttpHeaders
  readonly #route: Destination
  #grpcStatus: unknown
  #trailers: IncomingHttpHeaders | undefined

  constructor(stream: ServerHttp2Stream, request: IncomingHttpHeaders, route: Destination) {
    this.#stream = stream
    this.#request = request
    this.grpc = isGrpc(request)
    this.#route = route
  }

  /** Something of it was sent. */
  get begun(): boolean {
    return this.#stream.headersSent
  }

  /** The status under which a complete one is counted, and why when it is a failure that HTTP does not tell. */
  get outcome(): { readonly status: number; readonly reason: string | undefined } {
    if (!this.grpc || this.status !== 200) return { status: this.status, reason: undefined }
    return { status: countedStatus(this.#grpcStatus), reason: sayGrpc(this.#grpcStatus) }
  }

  interim(headers: IncomingHttpHeaders): void {
    if (!this.#stream.closed && !this.begun) this.#stream.additionalHeaders(headers)
  }

  /** The head, from the replica with this mark. Throws what node:http2 has against it. */
  begin(headers: IncomingHttpHeaders, flags: number, mark: string | undefined): void {
    const stream = this.#stream
    if (stream.closed || stream.destroyed) return
    this.status = Number(headers[':status'])
    if (headers['grpc-status'] !== undefined) this.#grpcStatus = headers['grpc-status']
    const { effects, prefer } = this.#route
    if (effects !== undefined && mark !== undefined) changeAnswer(headers, effects, { mark, preferred: prefer })
    const endStream = (flags & NGHTTP2_FLAG_END_STREAM) !== 0
    if (endStream) this.complete = true
    // `sendDate` is not in the types: a replica that sends no date has its reasons.
    const waitForTrailers = !endStream && this.#request[':method'] !== 'HEAD' && !hasNoContent(this.status)
    const options = { endStream, waitForTrailers, sendDate: false }
    stream.respond(headers, options)
    if (waitForTrailers) stream.on('wantTrailers', () => stream.sendTrailers(this.#trailers ?? {}))
  }

  /** False when the client has to catch up. */
  write(chunk: Buffer): boolean {
    this.bytes += chunk.length
    return !this.#stream.writable || this.#stream.write(chunk)
  }

  follow(trailers: IncomingHttpHeaders): void {
    this.#trailers = trailers
    if (trailers['grpc-status'] !== undefined) this.#grpcStatus = trailers['grpc-status']
  }

  /** The body of the replica has ended. */
  finish(): void {
    if (!this.begun) return
    this.complete = true
    if (this.#stream.writable) this.#stream.end()
  }

  /** Answers instead of the replica; `status` is that of gRPC. One that cannot be completed is ended so that nobody takes it for a whole one. */
  fail(answer: Answer, status: number): void {
    const stream = this.#stream
    if (this.begun) this.#breakOff(answer)
    else if (!stream.closed && !stream.destroyed) {
      if (this.grpc) answerGrpc(stream, answer.reason, status)
      else answerPlain(stream, this.#request, answer)
    }
  }

  #breakOff({ reason }: Answer): void {
    const stream = this.#stream
    if (!this.grpc || !stream.writable) {
      stream.close(NGHTTP2_INTERNAL_ERROR)
      return
    }
    this.#trailers = { 'grpc-status': String(UNAVAILABLE), 'grpc-message': encodeMessage(reason) }
    stream.end()
  }
}

function sayGrpc(status: unknown): string | undefined {
  const text = String(status ?? 'missing')
  return text === '0' ? undefined : `grpc-status ${text}`
}

function hasNoContent(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}
