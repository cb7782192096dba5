import { ChunkWalker } from './chunked.ts'

/** Where a message's body ends. `until-close` only exists for responses. */
export type Framing = 'none' | 'length' | 'chunked' | 'until-close'

/** Follows one body: how many of the next bytes belong to it, and whether it is complete. */
export class Body {
  readonly framing: Framing
  complete: boolean
  #left: number
  readonly #chunks: ChunkWalker | undefined

  constructor(framing: Framing, length = 0, onData?: (buffer: Buffer, start: number, end: number) => void) {
    this.framing = framing
    this.#left = length
    this.complete = framing === 'none' || (framing === 'length' && length === 0)
    this.#chunks = framing === 'chunked' ? new ChunkWalker(onData) : undefined
  }

  get error(): string | undefined {
    return this.#chunks?.error
  }

  /** Index after the last byte in `buffer[start, end)` that belongs to this body. */
  advance(buffer: Buffer, start: number, end: number): number {
    if (this.complete) return start
    if (this.framing === 'until-close') return end
    if (this.#chunks !== undefined) {
      const stop = this.#chunks.walk(buffer, start, end)
      this.complete = this.#chunks.done
      return stop
    }
    const take = Math.min(this.#left, end - start)
    this.#left -= take
    this.complete = this.#left === 0
    return start + take
  }

  /** What goes on of the bytes that `advance` has just read: up to the returned index, without chunk extensions. Changes the buffer below `end` only. */
  tidy(buffer: Buffer, end: number): number {
    return this.#chunks === undefined ? end : this.#chunks.dropExtensions(buffer, end)
  }
}

/** Source: RFC 9112, 6.3. */
export function requestFraming(head: { readonly chunked: boolean; readonly contentLength: number }): Framing {
  if (head.chunked) return 'chunked'
  return head.contentLength > 0 ? 'length' : 'none'
}

/** Source: RFC 9112, 6.3; a HEAD request and the statuses 1xx, 204 and 304 never have a body. */
export function responseFraming(
  head: { readonly status: number; readonly chunked: boolean; readonly contentLength: number },
  method: string,
): Framing {
  if (method === 'HEAD' || head.status === 204 || head.status === 304 || head.status < 200) return 'none'
  if (head.chunked) return 'chunked'
  return head.contentLength >= 0 ? 'length' : 'until-close'
}
