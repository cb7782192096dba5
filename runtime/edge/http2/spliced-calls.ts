import type { Clock } from '../../../src/kernel/clock.ts'
import type { Instant } from '../../../src/kernel/instant.ts'
import type { Backend } from '../backend.ts'
import type { Upstream } from '../upstream.ts'
import type { Frame } from './frame-walk.ts'
import { DATA, END_STREAM, HEADERS, RST_STREAM } from './frames.ts'
import { peekStatusClass } from './status-peek.ts'

/** Status of a request whose client left before it was answered. Source: nginx. */
const CLIENT_LEFT = 499
const REASONS = {
  answered: undefined,
  reset: 'the client left before the answer was complete',
  failed: 'the replica reset the stream, or closed the connection',
}

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
  readonly #client: string
  readonly #open = new Map<number, OpenCall>()

  constructor(parts: { readonly backend: Backend; readonly upstream: Upstream; readonly clock: Clock; readonly client: string }) {
    this.#backend = parts.backend
    this.#upstream = parts.upstream
    this.#clock = parts.clock
    this.#client = parts.client
  }

  get open(): number {
    return this.#open.size
  }

  readonly onClientFrame = (frame: Frame): void => {
    if (frame.type === HEADERS && frame.stream > this.lastStream) {
      this.lastStream = frame.stream
      this.#open.set(frame.stream, { since: this.#clock.now(), statusClass: undefined })
      this.#backend.counters.requests++
      this.#upstream.counters.requests++
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
    const tookMs = this.#clock.now() - call.since
    const status = how === 'reset' ? CLIENT_LEFT : how === 'failed' ? 502 : (call.statusClass ?? 2) * 100
    if (how !== 'reset') this.#backend.answered(this.#upstream, status, tookMs)
    this.#backend.requests.add({
      at: call.since,
      backend: this.#backend.spec,
      replica: this.#upstream.id,
      client: this.#client,
      protocol: 'h2',
      // Its head was passed on unread.
      line: undefined,
      status,
      waitedMs: 0,
      tookMs,
      bytesIn: 0,
      bytesOut: 0,
      reason: REASONS[how],
    })
    this.#backend.leave(this.#upstream)
  }
}
