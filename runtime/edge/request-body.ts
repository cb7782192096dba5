import type { Socket } from 'node:net'
import { Body, requestFraming } from './http/body.ts'
import type { RequestHead } from './http/request-head.ts'
import { isFull } from './progress.ts'

/** Bytes of a body that are read while its request waits; more stays in the client's socket. */
const READ_AHEAD = 16 * 1024

/** Whose bytes a body is made of. */
export interface BodySource {
  pause(): void
  resume(): void
}

/** What an exchange sends: a little of the body is read ahead while there is no connection, then it follows the head, under back-pressure. */
export class RequestBody extends Body {
  bytes = 0
  /** Something of it was sent. */
  sent = false
  readonly #source: BodySource
  /** What came before there was a connection. */
  #early: Buffer[] = []
  #earlyLength = 0
  #to: Socket | undefined
  #counters: { bytesIn: number } | undefined

  constructor(head: RequestHead, source: BodySource) {
    super(requestFraming(head), head.contentLength)
    this.#source = source
  }

  /** Takes bytes of the client; returns how many of them are of this body. After an error, nothing of them goes on. */
  read(chunk: Buffer): number {
    const length = this.advance(chunk, 0, chunk.length)
    if (this.error !== undefined) return length
    const kept = this.tidy(chunk, length)
    const part = kept === chunk.length ? chunk : chunk.subarray(0, kept)
    this.bytes += length
    if (this.#to !== undefined) this.#send(this.#to, part)
    else if (length > 0) {
      this.#early.push(part)
      this.#earlyLength += length
      if (this.#earlyLength > READ_AHEAD && !this.complete) this.#source.pause()
    }
    return length
  }

  /** Sends the head, and what there is of the body, to a replica, whose counters count what follows the head. */
  begin(head: string, socket: Socket, counters: { bytesIn: number } | undefined): void {
    this.#to = socket
    this.#counters = counters
    const early = this.#early
    if (early.length === 0) {
      socket.write(head, 'latin1')
      return
    }
    this.#early = []
    socket.cork()
    socket.write(head, 'latin1')
    for (const part of early) this.#send(socket, part)
    socket.uncork()
    if (!isFull(socket)) this.#source.resume()
  }

  /** The connection is there no longer, or carries something else. */
  stop(): void {
    this.#to = undefined
  }

  #send(socket: Socket, part: Buffer): void {
    if (part.length === 0) return
    if (this.#counters !== undefined) this.#counters.bytesIn += part.length
    this.sent = true
    socket.write(part)
    if (isFull(socket)) this.#source.pause()
  }
}
