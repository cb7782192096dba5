import type { Readable, Writable } from 'node:stream'
import type { Logger } from '../../src/kernel/logger.ts'
import type { EdgeMessage, ToEdge } from '../../src/model/edge.ts'
import { FrameReader, MAX_FRAME_BYTES, writeFrame } from '../../src/wire/edge-frames.ts'
import type { Controller, Edge } from './edge.ts'

export interface ControlStreams {
  readonly input: Readable
  readonly output: Writable
  readonly close: () => void
}

/**
 * One controller's connection, over any pair of byte streams. It is greeted at once; it is in charge from `takeCharge`
 * or its first message on, whichever comes first, so that somebody who only looks whether an edge is there changes nothing.
 */
export class ControlChannel {
  readonly #edge: Edge
  readonly #output: Writable
  readonly #close: () => void
  readonly #onCharge: (channel: ControlChannel) => void
  readonly #reader = new FrameReader<ToEdge>()
  #controller: Controller | undefined
  #frames: string[] = []
  #flushing = false
  #closed = false

  constructor(edge: Edge, streams: ControlStreams, hooks: { readonly log: Logger; readonly onCharge: (channel: ControlChannel) => void }) {
    const { input, output, close } = streams
    this.#edge = edge
    this.#output = output
    this.#close = close
    this.#onCharge = hooks.onCharge
    input.on('data', (chunk: Buffer) => {
      if (this.#closed) return
      try {
        for (const message of this.#reader.push(chunk)) this.takeCharge().receive(message)
      } catch (error) {
        hooks.log.log('warn', 'the control channel sent something that is no message; it is closed', { error: String(error) })
        this.end()
      }
    })
    for (const event of ['end', 'error'] as const) input.on(event, () => this.end())
    for (const event of ['error', 'close'] as const) output.on(event, () => this.end())
    this.#say(edge.hello())
  }

  get closed(): boolean {
    return this.#closed
  }

  takeCharge(): Controller {
    if (this.#controller === undefined) {
      this.#onCharge(this)
      this.#controller = this.#edge.attach((message) => this.#say(message))
    }
    return this.#controller
  }

  end(): void {
    if (this.#closed) return
    this.#closed = true
    this.#controller?.detach()
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
