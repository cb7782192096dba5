import type { TrailEntry } from '../../scaling/trail.ts'
import type { Decided } from './decider.ts'
import type { QueueCounts } from './queue-traffic.ts'
import type { RequestCounts } from './traffic.ts'

/** What came out for one component. Times are milliseconds since the start of the run, latencies milliseconds. */
export interface ComponentResult {
  readonly name: string
  /** How the run looked at the component, in words: what was given, what was taken by default. */
  readonly model: readonly string[]
  readonly timeline: Timeline
  readonly changes: readonly Change[]
  /** Changes beyond those that are kept. */
  readonly changesLeftOut: number
  readonly requests: RequestCounts
  readonly queues: Readonly<Record<string, QueueCounts>>
  readonly latency: LatencySummary
  /** From the first request to a sleeping component to its answer. */
  readonly firstAnswer: LatencySummary
  readonly heldPeak: number
  readonly starts: number
  readonly coldStarts: number
  readonly replicaSeconds: number
  readonly vcpuSeconds: number
  readonly gibSeconds: number
  /** Ticks of operator and HPA, and those of them that the scaler had to be asked at. */
  readonly ticks: number
  readonly asked: number
}

export interface LatencySummary {
  readonly count: number
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
  readonly max?: number
}

/** One value for each step: at its end, or over it. */
export interface Timeline {
  readonly stepMs: number
  readonly wanted: readonly number[]
  readonly ready: readonly number[]
  /** Requests, and messages where there is a queue, a second. */
  readonly demand: readonly number[]
  readonly inFlight: readonly number[]
  /** The most at any time of the step. */
  readonly held: readonly number[]
  readonly queued: readonly number[]
  /** Null where nothing was answered. */
  readonly p50: readonly (number | null)[]
  readonly p95: readonly (number | null)[]
  readonly p99: readonly (number | null)[]
}

/** A decision that changed the number of replicas, or that was held back for a new reason. */
export interface Change {
  readonly atMs: number
  readonly by: Decided['by']
  readonly from: number
  readonly to: number
  readonly trail: readonly TrailEntry[]
  readonly proposals: Decided['decision']['proposals']
  readonly active: readonly string[]
  readonly limitedBy?: Decided['decision']['limitedBy']
}

/** One run of all components. */
export interface RunResult {
  /** Absent for the model as it is; else what was changed. */
  readonly whatIf?: string
  readonly components: readonly ComponentResult[]
}
