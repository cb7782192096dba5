import type { Clock } from '../kernel/clock.ts'
import type { Envelope, EventBody, Gap } from '../wire/events.ts'
import type { EventLog } from './ports.ts'

/** Envelopes that a reader can still catch up with. Source: design, section 14. */
const EVENT_RING_SIZE = 10_000

export interface EventLogOptions {
  readonly clock: Clock
  /** Called with each envelope in order, for the file that keeps the whole run. */
  readonly record: (envelope: Envelope) => void
  /** Last sequence number of an earlier run, so that a client's place stays meaningful across daemons. */
  readonly startAt?: number
  readonly capacity?: number
}

/** An event log over a ring: it never waits for a reader, and a reader that falls behind the ring is told so. */
export function createEventLog({ clock, record, startAt = 0, capacity = EVENT_RING_SIZE }: EventLogOptions): EventLog {
  const ring: Envelope[] = []
  const waiting = new Set<() => void>()
  let seq = startAt

  const oldest = (): number => Math.max(startAt, seq - capacity) + 1
  const isLost = (last: number): boolean => last > seq || last + 1 < oldest()
  const at = (wanted: number): Envelope | undefined => ring[wanted % capacity]

  const grown = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })

  async function* follow(fromSeq: number, signal: AbortSignal): AsyncIterable<Envelope | Gap> {
    let last = fromSeq
    while (!signal.aborted) {
      if (isLost(last)) {
        last = seq
        yield { gap: true, seq: last }
        continue
      }
      if (last === seq) {
        await grown(signal)
        continue
      }
      const envelope = at(last + 1)
      if (envelope === undefined) return
      last = envelope.seq
      yield envelope
    }
  }

  return {
    get seq() {
      return seq
    },
    append(body: EventBody): Envelope {
      const envelope: Envelope = { v: 1, seq: seq + 1, at: clock.now(), body }
      ring[envelope.seq % capacity] = envelope
      seq = envelope.seq
      record(envelope)
      for (const wake of [...waiting]) wake()
      return envelope
    },
    after(last: number): readonly Envelope[] | 'gap' {
      if (isLost(last)) return 'gap'
      const found: Envelope[] = []
      for (let next = last + 1; next <= seq; next++) {
        const envelope = at(next)
        if (envelope !== undefined) found.push(envelope)
      }
      return found
    },
    follow,
  }
}
