/**
 * A recorded run: what `minipaas record` writes and `minipaas simulate --load` reads. One JSON object a line: the header first, then lines in order of time.
 * Times (`t`) are milliseconds since `startedAt` of the environment's own clock: of a scaled one, scaled milliseconds.
 */
export interface TraceHeader {
  readonly minipaasTrace: 1
  readonly environment: string
  /** Milliseconds since the epoch, on the environment's clock. */
  readonly startedAt: number
  /** How many times faster than the wall the environment's clock ran. */
  readonly speed: number
  /** Length of an interval in milliseconds. */
  readonly everyMs: number
  readonly components: readonly TraceComponent[]
}

export interface TraceComponent {
  readonly name: string
  /** Of the scaling as it was then: a replay with another one is a what-if. */
  readonly policyHash: string
  /** Replicas wanted at the start. */
  readonly replicas: number
  /** Until its next poll and sync, in milliseconds of the environment's clock: a replay decides at the same times. Absent where there are none. */
  readonly pollInMs?: number
  readonly syncInMs?: number
}

export type TraceLine =
  /** What came to a component in the interval that ends at `t`. Intervals without anything may be left out. */
  | {
      readonly kind: 'load'
      readonly t: number
      readonly component: string
      readonly arrivals: number
      /** Most requests in flight at any time of the interval, held ones included. */
      readonly inFlightMax: number
      /** Sum of the durations of the requests that ended in it, in milliseconds, without waiting for a replica; and how many those were. */
      readonly serviceMs: number
      readonly ended: number
      /** Values of triggers at the end of the interval, by trigger name. */
      readonly readings?: Readonly<Record<string, number>>
    }
  /** The wanted number of replicas changed. */
  | {
      readonly kind: 'replicas'
      readonly t: number
      readonly component: string
      readonly from: number
      readonly to: number
      readonly by: 'poll' | 'sync' | 'hand'
    }
  /** A replica became ready, so long after it was started. */
  | { readonly kind: 'start'; readonly t: number; readonly component: string; readonly delayMs: number }

/** The first line of a trace says what it is. */
export function isTraceHeader(value: unknown): value is TraceHeader {
  return typeof value === 'object' && value !== null && 'minipaasTrace' in value && value.minipaasTrace === 1
}
