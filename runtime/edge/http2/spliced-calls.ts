import type { Clock } from '../../../src/kernel/clock.ts'
import type { Instant } from '../../../src/kernel/instant.ts'
import type { Backend } from '../backend.ts'
import type { Upstream } from '../upstream.ts'
import type { Frame } from './frame-walk.ts'
import { DATA, END_STREAM, HEADERS, RST_STREAM } from './frames.ts'
import { peekStatusClass } from './status-peek.ts'

interface OpenCall {
  readonly since: Instant
  statusClass: number | undefined
}

/** Counts the calls of a connection that is passed on as bytes: each begins with a new stream and ends with its answer or a reset. */
export class SplicedCalls {
  /** The highest stream that the client has opened. */
  lastStream = 0
  readonly #backend: Backend
  readonly #upstream: Upstream
  readonly #clock: Clock
  readonly #open = new Map<number, OpenCall>()

  constructor(backend: Backend, upstream: Upstream, clock: Clock) {
    this.#backend = backend
    this.#upstream = upstream
    this.#clock = clock
  }

  get open(): number {
    return this.#open.size
  }

  readonly onClientFrame = (frame: Frame): void => {
    if (frame.type === HEADERS && frame.stream > this.lastStream) {
      this.lastStream = frame.stream
      this.#open.set(frame.stream, { since: this.#clock.now(), statusClass: undefined })
      this.#backend.counters.requests++
      this.#backend.join(this.#upstream)
    } else if (frame.type === RST_STREAM) this.#end(frame.stream, 'reset')
  }

  readonly onServerFrame = (frame: Frame): void => {
    if (frame.type === HEADERS) {
      const call = this.#open.get(frame.stream)
      // Interim answers come before the final one; trailers have no status.
      if (call !== undefined && (call.statusClass === undefined || call.statusClass === 1)) call.statusClass = peekStatusClass(frame)
      if ((frame.flags & END_STREAM) !== 0) this.#end(frame.stream, 'answered')
    } else if (frame.type === DATA) {
      if ((frame.flags & END_STREAM) !== 0) this.#end(frame.stream, 'answered')
    } else if (frame.type === RST_STREAM) this.#end(frame.stream, 'failed')
  }

  /** The connection has ended with whatever was running on it. */
  endAll(how: 'reset' | 'failed'): void {
    for (const stream of this.#open.keys()) this.#end(stream, how)
  }

  /** `reset` by the client counts no status, as with a client of HTTP/1 that leaves. */
  #end(stream: number, how: 'answered' | 'reset' | 'failed'): void {
    const call = this.#open.get(stream)
    if (call === undefined) return
    this.#open.delete(stream)
    if (how !== 'reset') {
      const tookMs = this.#clock.now() - call.since
      this.#backend.counters.answered(how === 'failed' ? 502 : (call.statusClass ?? 2) * 100, tookMs)
    }
    this.#backend.leave(this.#upstream)
  }
}
