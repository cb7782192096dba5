import type { Readable } from 'node:stream'
import type { LogStream } from '../../../../src/model/engine.ts'

export interface OutputChunk {
  readonly stream: LogStream
  readonly data: Uint8Array
}

/** Bytes that wait for a reader; what is beyond stays with the engine, and in the end in the pipe of the command. */
const MAX_WAITING = 1024 * 1024

/**
 * Reads a stream whether somebody takes the output or not, so that its end is noticed; a slow reader slows the command down,
 * as a pipe does.
 */
export class OutputBuffer implements AsyncIterable<OutputChunk> {
  /** Resolves when nothing more comes. */
  readonly ended: Promise<void>
  readonly #source: Readable
  readonly #waiting: OutputChunk[] = []
  #bytes = 0
  #over = false
  #wake: () => void = () => {}

  constructor(source: Readable, split: (chunk: Buffer) => readonly OutputChunk[]) {
    this.#source = source
    source.on('data', (chunk: Buffer) => {
      for (const part of split(chunk)) this.#push(part)
    })
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.#over = true
        this.#wake()
        resolve()
      }
      // A connection that breaks is an end too: the exit code is asked for afterwards.
      for (const event of ['end', 'close', 'error']) source.on(event, end)
    })
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OutputChunk> {
    for (;;) {
      const chunk = this.#waiting.shift()
      if (chunk !== undefined) {
        this.#bytes -= chunk.data.length
        if (this.#source.isPaused() && this.#bytes < MAX_WAITING / 2) this.#source.resume()
        yield chunk
      } else if (this.#over) {
        return
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }

  #push(chunk: OutputChunk): void {
    this.#waiting.push(chunk)
    this.#bytes += chunk.data.length
    if (this.#bytes >= MAX_WAITING) this.#source.pause()
    this.#wake()
  }
}
