import type { ArrivalSet } from '../load/arrivals.ts'
import type { LatencyHistogram } from './latency-histogram.ts'
import type { Workload } from './replicas.ts'
import type { SpreadSampler } from './spread.ts'

/** What the ways of following requests need to know of a component. */
export interface RequestModel {
  readonly arrivals: ArrivalSet
  readonly service: SpreadSampler
  /** Requests that one replica works on at once; infinite where as many as come. */
  readonly concurrency: number
  readonly balance: 'round-robin' | 'least-in-flight'
  readonly holdMicros: number
  readonly maxHeld: number
  /** A request can bring up a replica from zero. */
  readonly wakes: boolean
  /** Somebody looks at how many were in flight on average. */
  readonly averages: boolean
  /** Replicas that were asked for, and those of them that start. */
  readonly replicas: () => { readonly wanted: number; readonly starting: number }
}

/** What became of the requests so far: arrivals = answered + inFlight + held + refused + expired + cut. */
export interface RequestCounts {
  readonly arrivals: number
  readonly answered: number
  /** At work, or waiting at a replica. */
  readonly inFlight: number
  /** Waiting for a replica. */
  readonly held: number
  /** Answered 503: nothing brings a replica up, or too many wait. */
  readonly refused: number
  /** Answered 504: waited too long. */
  readonly expired: number
  /** Lost with a replica that ended before they did. */
  readonly cut: number
  /** Given to replicas so far. */
  readonly forwarded: number
}

/** The requests of a component. Both ways of following them, each by itself or as a stream, look like this. */
export interface RequestTraffic extends Workload {
  /** Does all that happens until a time (inclusive). Returns that time, or an earlier one at which the scaler must be asked at once. */
  runUntil(time: number): number
  readonly held: number
  /** With those held. */
  inFlight(): number
  /** In flight with those held, summed over time: requests times microseconds. */
  area(): number
  counts(): RequestCounts
  /** Latencies since the last call are added to it. */
  drainLatencies(into: LatencyHistogram): void
  /** Most requests held since the last call. */
  heldPeak(): number
  /** From the first held request to its answer, for each wake from zero. */
  readonly firstAnswers: LatencyHistogram
}
