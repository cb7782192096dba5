import type { Readable, Writable } from 'node:stream'
import type { Logger } from '../../src/kernel/logger.ts'
import type { EdgeMessage, ToEdge } from '../../src/model/edge.ts'
import { FrameReader, MAX_FRAME_BYTES, writeFrame } from '../../src/wire/edge-frames.ts'
import type { Controller, Edge } from './edge.ts'

/** Connects one controller to the edge, over any pair of byte streams, until they end or another controller comes. */
export class ControlChannel {
  readonly #output: Writable
  readonly #close: () => void
  readonly #controller: Controller
  #frames: string[] = []
  #flushing = false
  #closed = false

  constructor(edge: Edge, streams: { readonly input: Readable; readonly output: Writable; readonly close: () => void }, log: Logger) {
    const { input, output, close } = streams
    this.#output = output
    this.#close = close
    this.#controller = edge.attach((message) => this.#say(message))
    const reader = new FrameReader<ToEdge>()
    input.on('data', (chunk: Buffer) => {
      if (this.#closed) return
      try {
        for (const message of reader.push(chunk)) this.#controller.receive(message)
      } catch (error) {
        log.log('warn', 'the control channel sent something that is no message; it is closed', { error: String(error) })
        this.end()
      }
    })
    input.on('end', () => this.end())
    input.on('error', () => this.end())
    output.on('error', () => this.end())
    output.on('close', () => this.end())
  }

  end(): void {
    if (this.#closed) return
    this.#closed = true
    this.#controller.detach()
    this.#frames = []
    this.#close()
  }

  /** Messages of one turn leave in one write. */
  #say(message: EdgeMessage): void {
    if (this.#closed) return
    this.#frames.push(writeFrame(message))
    if (this.#flushing) return
    this.#flushing = true
    queueMicrotask(() => this.#flush())
  }

  #flush(): void {
    this.#flushing = false
    if (this.#closed) return
    this.#output.write(this.#frames.join(''))
    this.#frames = []
    // A controller that does not read is no controller; it may come back.
    if (this.#output.writableLength > MAX_FRAME_BYTES) this.end()
  }
}
