import type { Interrupt, Io } from '../io.ts'

/** Counts requests to stop while a command runs, so that the first can be graceful and the second forceful. */
export class Interrupts implements Disposable {
  readonly #subscription: Disposable
  readonly #listeners = new Set<(count: number, signal: Interrupt) => void>()
  #count = 0

  constructor(io: Io) {
    this.#subscription = io.onInterrupt((signal) => {
      this.#count++
      for (const listener of this.#listeners) listener(this.#count, signal)
    })
  }

  get count(): number {
    return this.#count
  }

  /** Calls back for each further request until disposed. */
  listen(listener: (count: number, signal: Interrupt) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]()
  }
}
