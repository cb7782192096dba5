import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { ReplicaStream } from './http1-stream.ts'

/** Of a request so much is kept until it is answered, so that a call which the replica refuses unread can be made again. */
const KEPT = 64 * 1024

/** A stream of a client's session as it arrived. */
export interface Incoming {
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
  readonly flags: number
  /** Address of the client. */
  readonly client: string
}

/** What a call sends: the body and the trailers of a client's stream, to one replica or, while it is short, to another one again. */
export class CallRequest {
  /** The stream to the replica, while there is one. */
  out: ReplicaStream | undefined
  readonly bodyless: boolean
  /** All of it has come. */
  ended: boolean
  bytes = 0
  readonly #stream: ServerHttp2Stream
  readonly #onBytes: (count: number) => void
  #trailers: IncomingHttpHeaders | undefined
  /** Sent already, in case it must be sent again; undefined when it is too much. */
  #kept: Buffer[] | undefined = []
  #keptLength = 0
  #begun = false

  constructor({ stream, flags }: Incoming, onBytes: (count: number) => void) {
    this.#stream = stream
    this.#onBytes = onBytes
    this.bodyless = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
    this.ended = this.bodyless
    if (this.bodyless) return
    stream.on('trailers', (trailers) => {
      this.#trailers = trailers
    })
  }

  /** Whether all that was sent so far can be sent again. */
  get repeatable(): boolean {
    return this.#kept !== undefined
  }

  get trailers(): IncomingHttpHeaders {
    return this.#trailers ?? {}
  }

  /** Sends what has come, and what is to come, over `out`. */
  send(): void {
    const stream = this.#stream
    if (this.#begun) {
      for (const chunk of this.#kept ?? []) this.out?.write(chunk)
      if (this.ended) this.out?.end()
      else stream.resume()
      return
    }
    this.#begun = true
    stream
      .on('data', (chunk: Buffer) => this.#onData(chunk))
      .on('end', () => {
        this.ended = true
        this.out?.end()
      })
  }

  /** Until it is sent again. */
  hold(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  /** It is not sent again. */
  forget(): void {
    this.#kept = undefined
  }

  #onData(chunk: Buffer): void {
    this.bytes += chunk.length
    this.#onBytes(chunk.length)
    if (this.#kept !== undefined) {
      this.#keptLength += chunk.length
      if (this.#keptLength > KEPT) this.#kept = undefined
      else this.#kept.push(chunk)
    }
    if (this.out?.write(chunk) === false) this.#stream.pause()
  }
}
