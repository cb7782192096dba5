/** Values pushed on one side, taken in order by one reader on the other. Ends for the reader once it is closed and empty. */
export class MessageQueue<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = []
  #closed = false
  #wake: (() => void) | undefined

  push(value: T): void {
    if (this.#closed) return
    this.#waiting.push(value)
    this.#wake?.()
  }

  close(): void {
    this.#closed = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const value = this.#waiting.shift()
      if (value !== undefined) {
        yield value
        continue
      }
      if (this.#closed) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
  }
}
