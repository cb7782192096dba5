import type { Readable, Writable } from 'node:stream'
import type { Logger } from '../../src/kernel/logger.ts'
import type { EdgeMessage, ToEdge } from '../../src/model/edge.ts'
import { FrameReader, MAX_FRAME_BYTES, writeFrame } from '../../src/wire/edge-frames.ts'
import type { Controller, Edge } from './edge.ts'

export interface ControlStreams {
  readonly input: Readable
  readonly output: Writable
  /** Absent for streams that outlive their controllers: nothing ends such a channel, and what cannot be read is skipped. */
  readonly close?: () => void
}

/** May stand behind the half frame of a controller that died while it wrote. */
const GREET: ToEdge = { type: 'greet' }
const GREET_FRAME = writeFrame(GREET).trimEnd()

/**
 * One controller's connection, over any pair of byte streams. It is greeted at once; it is in charge from `takeCharge`
 * or its first message on, whichever comes first, so that somebody who only looks whether an edge is there changes nothing.
 * On streams that outlive their controllers nobody can tell when the next one comes: it says `greet`.
 */
export class ControlChannel {
  readonly #edge: Edge
  readonly #output: Writable
  readonly #close: (() => void) | undefined
  readonly #log: Logger
  readonly #onCharge: (channel: ControlChannel) => void
  readonly #reader: FrameReader<ToEdge>
  #controller: Controller | undefined
  #frames: string[] = []
  #flushing = false
  #closed = false
  /** Sides of which it was said that they are lost. */
  readonly #lost = new Set<'input' | 'output'>()

  constructor(edge: Edge, streams: ControlStreams, hooks: { readonly log: Logger; readonly onCharge: (channel: ControlChannel) => void }) {
    const { input, output, close } = streams
    this.#edge = edge
    this.#output = output
    this.#close = close
    this.#log = hooks.log
    this.#onCharge = hooks.onCharge
    this.#reader = close === undefined ? new FrameReader((line) => this.#skip(line)) : new FrameReader()
    input.on('data', (chunk: Buffer) => this.#receive(chunk))
    for (const event of ['end', 'error'] as const) input.on(event, () => this.#lose('input'))
    for (const event of ['error', 'close'] as const) output.on(event, () => this.#lose('output'))
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
    this.#close?.()
  }

  #receive(chunk: Buffer): void {
    if (this.#closed) return
    try {
      for (const message of this.#reader.push(chunk)) this.#obey(message)
    } catch (error) {
      this.#log.log('warn', 'the control channel sent something that is no message; it is closed', { error: String(error) })
      this.end()
    }
  }

  #obey(message: ToEdge): void {
    try {
      this.takeCharge().receive(message)
    } catch (error) {
      if (this.#close !== undefined) throw error
      this.#log.log('warn', 'the control channel sent an order that cannot be obeyed; it is skipped', { error: String(error) })
    }
  }

  #skip(line: string): ToEdge | undefined {
    this.#log.log('warn', 'the control channel sent a line that is no message; it is skipped', { length: line.length })
    return line.endsWith(GREET_FRAME) ? GREET : undefined
  }

  /** A side that is gone tells so at each attempt to use it. */
  #lose(side: 'input' | 'output'): void {
    if (this.#close !== undefined) this.end()
    else if (!this.#lost.has(side)) {
      this.#lost.add(side)
      this.#log.log('warn', `the control channel has lost its ${side}; the edge goes on with its last table`)
    }
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
    const text = this.#frames.join('')
    this.#frames = []
    if (this.#closed || !this.#output.writable) return
    const isFull = this.#output.writableLength > MAX_FRAME_BYTES
    // A controller that does not read is no controller; it may come back, and where it cannot connect again it greets.
    if (isFull && this.#close !== undefined) this.end()
    else if (!isFull) this.#output.write(text)
  }
}
