/** One run for each key at a time: who asks while it is under way gets the same result. It is given up when nobody waits any more. */
export class SharedRuns<T> {
  readonly #runs = new Map<string, { readonly result: Promise<T>; readonly abandon: AbortController; waiting: number }>()

  /** Rejects with the signal's reason when this caller gives up; others keep waiting. */
  async run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    let run = this.#runs.get(key)
    if (run === undefined) {
      const abandon = new AbortController()
      const made = { result: work(abandon.signal), abandon, waiting: 0 }
      const forget = (): void => {
        if (this.#runs.get(key) === made) this.#runs.delete(key)
      }
      made.result.then(forget, forget)
      run = made
      this.#runs.set(key, run)
    }
    const { result, abandon } = run
    run.waiting++
    let giveUp: (() => void) | undefined
    try {
      return await new Promise<T>((resolve, reject) => {
        giveUp = () => reject(signal.reason)
        signal.addEventListener('abort', giveUp, { once: true })
        result.then(resolve, reject)
      })
    } finally {
      if (giveUp !== undefined) signal.removeEventListener('abort', giveUp)
      run.waiting--
      if (run.waiting === 0 && signal.aborted) {
        if (this.#runs.get(key) === run) this.#runs.delete(key)
        abandon.abort(signal.reason)
      }
    }
  }
}
