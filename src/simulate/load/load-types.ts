import type { RatePiece } from './rate-curve.ts'

/** What a load file says, checked: durations in seconds, rates a second. */
export interface LoadPlan {
  readonly seed?: number
  /** When the run begins, for cron and for hours of the day. */
  readonly startMs?: number
  /** By component name; `*` is for components that have none of their own. */
  readonly components: ReadonlyMap<string, ComponentLoad>
}

export interface ComponentLoad {
  /** Requests. */
  readonly load: readonly LoadShape[]
  readonly serviceTime?: Spread
  /** Requests that a replica works on at once; absent means as many as come. */
  readonly concurrency?: number
  readonly balance?: 'round-robin' | 'least-in-flight'
  readonly startDelay?: Spread
  /** From the end of the last request to the end of the replica. */
  readonly stopSeconds?: number
  readonly holdSeconds?: number
  readonly maxHeld?: number
  readonly usage?: UsageModel
  readonly queues: readonly QueueLoad[]
  /** Until its first poll and sync when a recording began; absent: those of a component that was just made. */
  readonly begins?: { readonly pollSeconds?: number; readonly syncSeconds?: number }
  /** Values of triggers that nothing here measures, by trigger name or type. */
  readonly readings: ReadonlyMap<string, readonly LoadShape[]>
}

/** What requests cost a replica. */
export interface UsageModel {
  readonly cpuSecondsPerRequest?: number
  readonly idleCpuMilli?: number
  readonly memoryBytes?: number
  readonly memoryBytesPerRequest?: number
}

/** A queue that a trigger looks at: what comes, and how fast a replica takes from it. */
export interface QueueLoad {
  /** Name or type of the trigger. */
  readonly trigger: string
  readonly load: readonly LoadShape[]
  /** Messages that one replica finishes in a second. */
  readonly consume: number
  /** Messages that one replica works on at once. */
  readonly parallel: number
  /** Whether the trigger sees messages that are being worked on. */
  readonly counts: 'waiting' | 'all'
}

export interface LoadShape {
  readonly kind: 'constant' | 'ramp' | 'spike' | 'diurnal' | 'steps' | 'poisson' | 'trace' | 'cron'
  readonly arrivals: 'even' | 'poisson'
  /** The shape until a number of seconds after the start. */
  readonly pieces: (until: ShapeSpan) => readonly RatePiece[]
}

export interface ShapeSpan {
  readonly startMs: number
  readonly seconds: number
}

/** A duration in seconds, fixed or by chance. */
export type Spread =
  | { readonly kind: 'constant'; readonly seconds: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'lognormal'; readonly median: number; readonly p95: number }
