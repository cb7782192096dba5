/** Values pushed on one side, taken in order by one reader on the other. Ends for the reader once closed and empty. */
export class Mailbox<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = []
  #open = true
  #wake: (() => void) | undefined
  readonly #closed = new AbortController()

  constructor(signal?: AbortSignal) {
    if (signal?.aborted === true) this.close()
    signal?.addEventListener('abort', () => this.close(), { once: true, signal: this.#closed.signal })
  }

  get open(): boolean {
    return this.#open
  }

  push(value: T): void {
    if (!this.#open) return
    this.#waiting.push(value)
    this.#wake?.()
  }

  close(): void {
    this.#open = false
    this.#closed.abort()
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const value = this.#waiting.shift()
      if (value !== undefined) yield value
      else if (!this.#open) return
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        this.#wake = undefined
      }
    }
  }
}
