import type { LogStream } from '../../../../src/model/engine.ts'

export interface OutputPart {
  readonly stream: LogStream
  readonly data: Buffer
}

const HEADER_BYTES = 8
const STANDARD_OUTPUT = 1

/**
 * Takes apart the two output streams that the engine sends over one connection: each part has a header with the number of
 * the stream in its first byte and the length in its last four. Parts are handed on as they come, not when they are whole.
 * Source: Engine API, "Attach to a container", stream format.
 */
export class Demultiplexer {
  #header = Buffer.alloc(0)
  #stream: LogStream = 'out'
  #owed = 0

  push(chunk: Buffer): readonly OutputPart[] {
    const parts: OutputPart[] = []
    let rest = chunk
    while (rest.length > 0) {
      if (this.#owed === 0) {
        rest = this.#takeHeader(rest)
        continue
      }
      const data = rest.subarray(0, this.#owed)
      this.#owed -= data.length
      rest = rest.subarray(data.length)
      parts.push({ stream: this.#stream, data })
    }
    return parts
  }

  #takeHeader(chunk: Buffer): Buffer {
    const missing = HEADER_BYTES - this.#header.length
    this.#header = Buffer.concat([this.#header, chunk.subarray(0, missing)])
    if (this.#header.length === HEADER_BYTES) {
      this.#stream = this.#header[0] === STANDARD_OUTPUT ? 'out' : 'err'
      this.#owed = this.#header.readUInt32BE(HEADER_BYTES - 4)
      this.#header = Buffer.alloc(0)
    }
    return chunk.subarray(missing)
  }
}
