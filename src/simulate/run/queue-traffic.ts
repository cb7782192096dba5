import type { ArrivalSet } from '../load/arrivals.ts'
import type { LatencyHistogram } from './latency-histogram.ts'
import type { Workload } from './replicas.ts'

export interface QueueModel {
  readonly arrivals: ArrivalSet
  /** Messages that one replica works on at once. */
  readonly parallel: number
  /** How long one of them takes it, in microseconds. */
  readonly takes: number
  /** Whether the trigger sees messages that are being worked on. */
  readonly counts: 'waiting' | 'all'
}

/** What became of the messages so far: arrivals = finished + working + waiting. One that a replica could not finish waits again. */
export interface QueueCounts {
  readonly arrivals: number
  readonly finished: number
  readonly working: number
  readonly waiting: number
}

/** A queue that the replicas of a component take messages from; both ways of following it look like this. */
export interface QueueTraffic extends Workload {
  runUntil(time: number): void
  /** What the trigger sees. */
  length(): number
  counts(): QueueCounts
  /** Times from arrival to end since the last call are added to it. */
  drainLatencies(into: LatencyHistogram): void
}
