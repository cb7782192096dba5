import { MAX_FRAME_BYTES } from '../../../../src/wire/edge-frames.ts'

const NEWLINE = 0x0a

/**
 * Leaves out what an edge says before its first whole `hello`: whoever joins a stream that others read too may begin in the
 * middle of a message, and all that was said before is repeated after the greeting.
 */
export class FirstHello {
  #rest = Buffer.alloc(0)
  #found = false

  get found(): boolean {
    return this.#found
  }

  /** What follows the beginning of the greeting, with it. Throws on a line longer than any message. */
  push(chunk: Buffer): Buffer {
    if (this.#found) return chunk
    let rest = Buffer.concat([this.#rest, chunk])
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      if (isHello(rest.toString('utf8', 0, end))) {
        this.#found = true
        this.#rest = Buffer.alloc(0)
        return rest
      }
      rest = rest.subarray(end + 1)
    }
    if (rest.length > MAX_FRAME_BYTES) throw new Error(`the edge sent a line longer than ${MAX_FRAME_BYTES} bytes`)
    this.#rest = rest
    return Buffer.alloc(0)
  }
}

function isHello(line: string): boolean {
  try {
    const message: unknown = JSON.parse(line)
    return typeof message === 'object' && message !== null && 'type' in message && message.type === 'hello'
  } catch {
    return false
  }
}
