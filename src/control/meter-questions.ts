import type { Clock } from '../kernel/clock.ts'
import { after, type Millis } from '../kernel/instant.ts'
import type { ToMeters, TriggerReading } from '../model/meter.ts'

/** Readings, or why there are none: the time was over, or nobody is there to answer. */
export type MeterAnswer = readonly TriggerReading[] | 'late' | 'away'

interface Question {
  readonly message: ToMeters
  readonly settle: (answer: MeterAnswer) => void
}

/** Questions to the program that reads triggers, by number. Those that are put while it is being started wait for it. */
export class MeterQuestions {
  readonly #clock: Clock
  readonly #open = new Map<number, Question>()
  #last = 0
  #send: ((message: ToMeters) => void) | undefined
  #isExpected = false
  #whyAway = 'there is no trigger to be read'

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Why nobody is there to answer. */
  get whyAway(): string {
    return this.#whyAway
  }

  /** Somebody is about to answer. */
  expect(): void {
    this.#isExpected = true
  }

  /** Somebody answers from now on. */
  reached(send: (message: ToMeters) => void): void {
    this.#send = send
    for (const { message } of this.#open.values()) send(message)
  }

  /** Nobody answers any more. */
  lost(why: string): void {
    this.#send = undefined
    this.#isExpected = false
    this.#whyAway = why
    for (const { settle } of [...this.#open.values()]) settle('away')
  }

  answered(id: number, readings: readonly TriggerReading[]): void {
    this.#open.get(id)?.settle(readings)
  }

  /** Rejects with the signal's reason only. */
  ask(
    message: (id: number) => ToMeters,
    { limitMs, signal }: { readonly limitMs: Millis; readonly signal: AbortSignal },
  ): Promise<MeterAnswer> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      if (this.#send === undefined && !this.#isExpected) return resolve('away')
      const id = ++this.#last
      const stop = (): void => {
        this.#open.delete(id)
        timer[Symbol.dispose]()
        signal.removeEventListener('abort', abort)
      }
      const settle = (answer: MeterAnswer): void => {
        stop()
        resolve(answer)
      }
      const abort = (): void => {
        stop()
        reject(signal.reason)
      }
      const timer = this.#clock.at(after(this.#clock.now(), limitMs), () => settle('late'))
      signal.addEventListener('abort', abort, { once: true })
      const question = { message: message(id), settle }
      this.#open.set(id, question)
      this.#send?.(question.message)
    })
  }
}
