/** Starts under way, so that whoever ends a replica need not wait for its init containers and hooks. */
export class Starts {
  readonly #running = new Map<string, Set<AbortController>>()

  /** Does the work with a signal that is the caller's or that of giving up, whichever comes first. */
  async begin<T>(replica: string, signal: AbortSignal, work: (either: AbortSignal) => Promise<T>): Promise<T> {
    const abandon = new AbortController()
    const running = this.#running.get(replica) ?? new Set()
    this.#running.set(replica, running.add(abandon))
    try {
      return await work(AbortSignal.any([signal, abandon.signal]))
    } finally {
      running.delete(abandon)
      if (running.size === 0 && this.#running.get(replica) === running) this.#running.delete(replica)
    }
  }

  giveUp(replica: string): void {
    for (const abandon of this.#running.get(replica) ?? []) abandon.abort(new DOMException('the replica is being ended', 'AbortError'))
  }
}
