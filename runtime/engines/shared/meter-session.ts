import type { Clock } from '../../../src/kernel/clock.ts'
import type { Millis } from '../../../src/kernel/instant.ts'
import { withTimeLimit } from '../../../src/kernel/time-limit.ts'
import type { MeterChannel } from '../../../src/model/engine.ts'
import type { MeterMessage, ToMeters } from '../../../src/model/meter.ts'
import { MessageQueue } from './message-queue.ts'

/** A program that reads triggers, as an engine has started it. */
export interface MeterProgram {
  /** What it reads and writes; ends with it. */
  readonly channel: MeterChannel
  /** What it said last on its standard error, for an error message; of one that has ended, all of it. */
  lastWords(): Promise<string>
  /** Ends it, if it has not ended, and removes what is left of it. Repeatable. */
  end(): Promise<void>
}

type Hello = Extract<MeterMessage, { type: 'hello' }>

/** A program that has just started says hello within this time. */
const HELLO_LIMIT: Millis = 15_000
/** One that runs answers a ping within this time, or never will. */
const PONG_LIMIT: Millis = 5_000

/**
 * One program and whoever reads from it: the newest attach, as with an edge. Each reader begins with the greeting and hears nothing of
 * what an earlier one had asked: questions have other numbers on the way to the program, which answers some of them late.
 */
export class MeterSession {
  readonly #program: MeterProgram
  readonly #clock: Clock
  readonly #left: () => void
  readonly #waiters = new Set<() => void>()
  readonly #over: Promise<void>
  #hello: Hello | undefined
  #reader: MessageQueue<MeterMessage> | undefined
  #ended = false
  #numbers = 0
  /** Numbers of the reader's questions by those that the program was given. */
  readonly #asked = new Map<number, number>()
  #ponged = 0

  /** `left` is called when nobody reads any more. */
  constructor(program: MeterProgram, { clock, left }: { readonly clock: Clock; readonly left: () => void }) {
    this.#program = program
    this.#clock = clock
    this.#left = left
    this.#over = this.#receive()
  }

  /** Resolves when the program has ended, by itself or not. */
  get over(): Promise<void> {
    return this.#over
  }

  get isRead(): boolean {
    return this.#reader !== undefined
  }

  /** Why the program did not say hello; undefined when it did. */
  async greeted(signal: AbortSignal): Promise<string | undefined> {
    const isDone = await this.#until(() => this.#hello !== undefined, HELLO_LIMIT, signal)
    if (isDone) return undefined
    const what = this.#ended ? 'it ended before it said hello' : `it said nothing for ${HELLO_LIMIT / 1000} s`
    const last = await this.#program.lastWords()
    return last === '' ? what : `${what}; its last words: ${last}`
  }

  /** Whether the program still answers. From here on the last reader hears nothing more. */
  async answers(signal: AbortSignal): Promise<boolean> {
    this.#drop()
    const id = ++this.#numbers
    this.#program.channel.send({ type: 'ping', id })
    return this.#until(() => this.#ponged >= id, PONG_LIMIT, signal)
  }

  open(): MeterChannel {
    this.#drop()
    const reader = new MessageQueue<MeterMessage>()
    if (this.#hello !== undefined) reader.push(this.#hello)
    if (this.#ended) reader.close()
    this.#reader = reader
    return {
      messages: reader,
      send: (message) => {
        if (this.#reader === reader) this.#program.channel.send(this.#numbered(message))
      },
      close: () => {
        if (this.#reader !== reader) return
        this.#drop()
        this.#left()
      },
    }
  }

  async end(): Promise<void> {
    this.#drop()
    await this.#program.end()
  }

  #drop(): void {
    this.#reader?.close()
    this.#reader = undefined
    this.#asked.clear()
  }

  #numbered(message: ToMeters): ToMeters {
    if (!('id' in message)) return message
    const id = ++this.#numbers
    this.#asked.set(id, message.id)
    return { ...message, id }
  }

  async #receive(): Promise<void> {
    for await (const message of this.#program.channel.messages) this.#take(message)
    this.#ended = true
    this.#drop()
    this.#wake()
  }

  #take(message: MeterMessage): void {
    if (message.type === 'hello') this.#hello ??= message
    else if (message.type === 'active') this.#reader?.push(message)
    else this.#answer(message)
    this.#wake()
  }

  #answer(message: Extract<MeterMessage, { readonly id: number }>): void {
    const id = this.#asked.get(message.id)
    this.#asked.delete(message.id)
    if (id !== undefined) this.#reader?.push({ ...message, id })
    else if (message.type === 'pong') this.#ponged = Math.max(this.#ponged, message.id)
  }

  #wake(): void {
    for (const wake of [...this.#waiters]) wake()
  }

  /** Whether the condition came to hold before the program ended or the time was over. Throws when the signal aborts. */
  async #until(condition: () => boolean, limitMs: Millis, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted()
    await withTimeLimit(this.#clock, limitMs, async (limit) => {
      const either = AbortSignal.any([signal, limit])
      while (!condition() && !this.#ended && !either.aborted) await this.#next(either)
    })
    signal.throwIfAborted()
    return condition()
  }

  /** Resolves with the next thing that happens. */
  #next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        this.#waiters.delete(go)
        signal.removeEventListener('abort', go)
        resolve()
      }
      this.#waiters.add(go)
      signal.addEventListener('abort', go, { once: true })
    })
  }
}
