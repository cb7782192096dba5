import type { Millis } from '../../src/kernel/instant.ts'
import type { BackendId, EdgeMessage } from '../../src/model/edge.ts'

type HeldEvent = Extract<EdgeMessage, { type: 'held' }>['event']

/** Tells the controller what becomes of requests that wait: what happens in one go is told together, since thousands may go on at once. */
export class HeldNews {
  readonly #backend: BackendId
  readonly #say: (message: EdgeMessage) => void
  #news: { readonly event: HeldEvent; count: number; waitedMs: Millis }[] = []

  constructor(backend: BackendId, say: (message: EdgeMessage) => void) {
    this.#backend = backend
    this.#say = say
  }

  tell(event: HeldEvent, waitedMs: Millis): void {
    if (this.#news.length === 0) queueMicrotask(() => this.#tellAll())
    const last = this.#news.at(-1)
    if (last?.event !== event) {
      this.#news.push({ event, count: 1, waitedMs })
      return
    }
    last.count++
    last.waitedMs = Math.max(last.waitedMs, waitedMs)
  }

  #tellAll(): void {
    for (const { event, count, waitedMs } of this.#news.splice(0)) {
      this.#say({ type: 'held', backend: this.#backend, event, waitedMs: Math.round(waitedMs), ...(count === 1 ? {} : { count }) })
    }
  }
}
