import { Duplex } from 'node:stream'
import { writeFrame } from '../../../../src/wire/edge-frames.ts'
import type { ProgramLog } from '../../shared/program-log.ts'
import { FirstHello } from './first-hello.ts'
import { Demultiplexer } from './multiplexed.ts'

/** The control channel's bytes: what is read begins with the edge's greeting, what is written goes to its standard input. */
export class EdgeStreams extends Duplex {
  readonly #socket: Duplex
  readonly #log: ProgramLog
  readonly #heard: () => Promise<void>
  readonly #hello = new FirstHello()
  readonly #settled: Promise<void>
  #settle: () => void = () => {}
  #over = false

  /** `socket` carries both standard streams of whoever speaks for the edge; `heard` resolves when the log has all that it wrote. */
  constructor(socket: Duplex, { log, heard }: { readonly log: ProgramLog; readonly heard: () => Promise<void> }) {
    super()
    this.#socket = socket
    this.#log = log
    this.#heard = heard
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve
    })
    const parts = new Demultiplexer()
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const { stream, data } of parts.push(chunk)) this.#take(stream, data)
      } catch (error) {
        this.destroy(error instanceof Error ? error : new Error(String(error)))
      }
    })
    for (const event of ['end', 'close', 'error'] as const) socket.on(event, () => this.#finish())
    // A stream that fails is one that ended; whoever reads it is told so.
    this.on('error', () => {})
  }

  /** What an edge that has ended said last on its standard error, for an error message. */
  async lastWords(): Promise<string> {
    await this.#heard()
    return this.#log.lastWords
  }

  /** Whether the edge has answered before the streams ended. Asks again after each pause: what a process that is about to end was told is lost. */
  async greet(pause: () => Promise<void>): Promise<boolean> {
    while (!this.#hello.found && !this.#over) {
      // The line break ends what somebody before us left unfinished.
      this.write(`\n${writeFrame({ type: 'greet' })}`)
      await Promise.race([this.#settled, pause()])
    }
    return !this.#over
  }

  override _read(): void {}

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#finish()
    this.#socket.destroy()
    done(error)
  }

  #take(stream: 'out' | 'err', data: Buffer): void {
    if (stream === 'err') {
      this.#log.push(data)
      return
    }
    const said = this.#hello.push(data)
    if (said.length > 0) this.push(said)
    if (this.#hello.found) this.#settle()
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#log.end()
    // What was said before is still read.
    if (!this.destroyed) this.push(null)
    this.#settle()
  }
}
