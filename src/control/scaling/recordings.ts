import type { Millis } from '../../kernel/instant.ts'
import type { BackendCounters } from '../../model/edge.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { TraceItem } from '../../wire/record.ts'
import type { ControlState } from '../state.ts'
import type { DecisionTime } from '../time/decision-time.ts'
import { Recording, type RecordingPorts } from './recording.ts'

/** Shortest interval of a recording, on the clock of decisions. */
const INTERVAL_MS: Millis = 1000

export interface RecordingsPorts extends Pick<RecordingPorts, 'state' | 'unit'> {
  readonly time: DecisionTime
  /** The edge's last counters. */
  readonly counters: () => readonly BackendCounters[]
}

/** The recordings of one environment that go on. */
export class Recordings {
  readonly #ports: RecordingsPorts
  readonly #all = new Set<Recording>()
  readonly #ended = new AbortController()

  constructor(ports: RecordingsPorts) {
    this.#ports = ports
  }

  /** Nothing is decided in the environment any more. */
  get ended(): AbortSignal {
    return this.#ended.signal
  }

  /** How often counters come. */
  get reportEveryMs(): Millis {
    return this.#ports.time.reportEveryMs
  }

  /** Tells of these components until it is disposed, and what is left then. */
  begin(components: readonly ComponentKey[], report: (item: TraceItem) => void): Recording & Disposable {
    const { time, counters, state, unit } = this.#ports
    const { clock, reportEveryMs } = time
    const { speed } = time.view()
    const everyMs = Math.max(INTERVAL_MS, Math.round(reportEveryMs * speed))
    const recording = new Recording({ components, now: () => clock.now(), speed, everyMs, state, unit, counters: counters(), report })
    this.#all.add(recording)
    return Object.assign(recording, {
      [Symbol.dispose]: () => {
        this.#all.delete(recording)
        recording.finish(counters())
      },
    })
  }

  followed(state: ControlState): void {
    for (const recording of this.#all) recording.followed(state)
  }

  demanded(key: ComponentKey, held: number): void {
    for (const recording of this.#all) recording.demanded(key, held)
  }

  counted(backends: readonly BackendCounters[]): void {
    for (const recording of this.#all) recording.counted(backends)
  }

  restarted(): void {
    for (const recording of this.#all) recording.restarted()
  }

  end(): void {
    this.#ended.abort()
  }
}
