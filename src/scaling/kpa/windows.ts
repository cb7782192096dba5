import { averageOfRing, type BucketRing, emptyRing, isRingEmpty, recordInRing } from '../rings/bucket-ring.ts'

/** The stable and the panic window of one metric: plain data that may be stored and sent. */
export interface KpaWindows {
  readonly stable: BucketRing
  readonly panic: BucketRing
}

export interface EmptyKpaWindowsInput {
  /** Default 60 s. */
  readonly stableWindowMs?: number
  /** Share of the stable window, default 10. */
  readonly panicWindowPercentage?: number
}

const bucketMs = 1000

/** Windows without a sample. Source: knative: pkg/autoscaler/metrics/collector.go, newCollection; buckets of one second. */
export function emptyKpaWindows({ stableWindowMs = 60_000, panicWindowPercentage = 10 }: EmptyKpaWindowsInput): KpaWindows {
  const panicWindowMs = (stableWindowMs * panicWindowPercentage) / 100
  return { stable: emptyRing(stableWindowMs, bucketMs), panic: emptyRing(panicWindowMs, bucketMs) }
}

export interface RecordKpaSampleInput {
  readonly windows: KpaWindows
  /** Milliseconds since the epoch. */
  readonly atMs: number
  /** Mean concurrency, or requests, of the second that has passed, all pods together. */
  readonly value: number
}

export interface RecordKpaSampleResult {
  readonly windows: KpaWindows
}

/** Adds a sample to both windows. Source: knative: pkg/autoscaler/aggregation/bucketing.go, Record. */
export function recordKpaSample({ windows, atMs, value }: RecordKpaSampleInput): RecordKpaSampleResult {
  return { windows: { stable: recordInRing(windows.stable, atMs, value), panic: recordInRing(windows.panic, atMs, value) } }
}

export interface KpaAveragesInput {
  readonly windows: KpaWindows
  readonly nowMs: number
}

/** Absent values mean that there is no data, upon which nothing is decided. */
export interface KpaAveragesResult {
  readonly stableValue?: number
  readonly panicValue?: number
}

const averaging = { decimals: 6, divisorShrinks: true }

/**
 * Means over both windows, six decimals. Seconds that have passed since the last sample leave the sum and the divisor, so that late
 * samples are no drop in load; without a sample for a whole stable window there is no data.
 *
 * Source: knative: pkg/autoscaler/aggregation/bucketing.go, WindowAverage; pkg/autoscaler/metrics/collector.go.
 */
export function kpaAverages({ windows, nowMs }: KpaAveragesInput): KpaAveragesResult {
  if (isRingEmpty(windows.stable, nowMs)) return {}
  return {
    stableValue: averageOfRing(windows.stable, nowMs, averaging),
    panicValue: averageOfRing(windows.panic, nowMs, averaging),
  }
}
