/** Values of several writers for one reader. A writer waits until its value is taken, so that a slow reader costs no memory. */
export class HandOver<T> implements AsyncIterable<T> {
  readonly #offers: { readonly value: T; readonly taken: () => void }[] = []
  #over: { readonly error?: unknown } | undefined
  #wake: (() => void) | undefined

  /** Resolves when the value was taken, or when nobody will. */
  put(value: T): Promise<void> {
    if (this.#over !== undefined) return Promise.resolve()
    return new Promise((resolve) => {
      this.#offers.push({ value, taken: resolve })
      this.#wake?.()
    })
  }

  /** The reader comes to an end after what was offered. */
  close(): void {
    this.#over ??= {}
    this.#wake?.()
  }

  /** The same, with an error at the end. */
  fail(error: unknown): void {
    this.#over ??= { error }
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        const offer = this.#offers.shift()
        if (offer !== undefined) {
          offer.taken()
          yield offer.value
        } else if (this.#over !== undefined) {
          if ('error' in this.#over) throw this.#over.error
          return
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
          this.#wake = undefined
        }
      }
    } finally {
      this.close()
      for (const { taken } of this.#offers.splice(0)) taken()
    }
  }
}
