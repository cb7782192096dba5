import type { Decided } from './decider.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import type { Change, LatencySummary, Timeline } from './result-types.ts'

/** Changes that are kept for one component. */
const KEPT = 5000

/** What is looked at, at the end of each step. */
export interface Look {
  readonly wanted: number
  readonly ready: number
  /** Requests and messages so far. */
  readonly arrived: number
  readonly inFlight: number
  readonly heldPeak: number
  readonly queued: number
  /** Hands over the latencies of the step. */
  readonly latencies: (into: LatencyHistogram) => void
}

/** Keeps the timeline of one component in number arrays, and its changes. */
export class Recorder {
  readonly all = new LatencyHistogram()
  heldPeak = 0
  leftOut = 0
  readonly changes: Change[] = []
  readonly #step = new LatencyHistogram()
  readonly #stepMicros: number
  readonly #columns: Readonly<Record<Exclude<keyof Timeline, 'stepMs'>, Float64Array>>
  #size = 0
  #arrived = 0

  constructor(stepMicros: number, steps: number) {
    this.#stepMicros = stepMicros
    const column = (): Float64Array => new Float64Array(steps)
    this.#columns = {
      wanted: column(),
      ready: column(),
      demand: column(),
      inFlight: column(),
      held: column(),
      queued: column(),
      p50: column(),
      p95: column(),
      p99: column(),
    }
  }

  decided({ at, by, from, decision }: Decided): void {
    if (this.changes.length >= KEPT) {
      this.leftOut++
      return
    }
    const { replicas, trail, proposals, active, limitedBy } = decision
    this.changes.push({
      ...{ atMs: at / 1000, by, from, to: replicas, trail, proposals, active },
      ...(limitedBy === undefined ? {} : { limitedBy }),
    })
  }

  look(look: Look): void {
    const at = this.#size++
    const columns = this.#columns
    columns.wanted[at] = look.wanted
    columns.ready[at] = look.ready
    columns.demand[at] = ((look.arrived - this.#arrived) * 1_000_000) / this.#stepMicros
    columns.inFlight[at] = look.inFlight
    columns.held[at] = look.heldPeak
    columns.queued[at] = look.queued
    this.#arrived = look.arrived
    if (look.heldPeak > this.heldPeak) this.heldPeak = look.heldPeak
    this.#step.clear()
    look.latencies(this.#step)
    columns.p50[at] = this.#step.quantile(0.5) ?? Number.NaN
    columns.p95[at] = this.#step.quantile(0.95) ?? Number.NaN
    columns.p99[at] = this.#step.quantile(0.99) ?? Number.NaN
    this.all.merge(this.#step)
  }

  timeline(): Timeline {
    const { p50, p95, p99, ...plain } = this.#columns
    const numbers = (column: Float64Array): readonly number[] => Array.from(column.subarray(0, this.#size), rounded)
    const millis = (column: Float64Array): readonly (number | null)[] =>
      Array.from(column.subarray(0, this.#size), (value) => (Number.isNaN(value) ? null : rounded(value / 1000)))
    return {
      stepMs: this.#stepMicros / 1000,
      wanted: numbers(plain.wanted),
      ready: numbers(plain.ready),
      demand: numbers(plain.demand),
      inFlight: numbers(plain.inFlight),
      held: numbers(plain.held),
      queued: numbers(plain.queued),
      p50: millis(p50),
      p95: millis(p95),
      p99: millis(p99),
    }
  }
}

export function summarise(histogram: LatencyHistogram): LatencySummary {
  const count = Math.round(histogram.count)
  const at = (share: number): number => rounded((histogram.quantile(share) ?? 0) / 1000)
  return count === 0 ? { count } : { count, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: rounded(histogram.longest / 1000) }
}

/** Three decimals. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
