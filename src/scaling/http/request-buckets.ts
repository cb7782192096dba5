import { averageOfRing, type BucketRing, emptyRing, isRingEmpty, recordInRing } from '../rings/bucket-ring.ts'

/** Requests of a window, bucket by bucket: plain data that may be stored and sent. */
export type RequestBuckets = BucketRing

export interface EmptyRequestBucketsInput {
  /** `requestRate.window` in milliseconds, default one minute; 0 and less mean the default. */
  readonly windowMs?: number
  /** `requestRate.granularity` in milliseconds, default one second; 0 and less mean the default. */
  readonly granularityMs?: number
}

/** Buckets without a request. Source: http-add-on: scaler/queue_pinger.go, updateBucketConfigLocked. */
export function emptyRequestBuckets({ windowMs = 0, granularityMs = 0 }: EmptyRequestBucketsInput): RequestBuckets {
  return emptyRing(windowMs > 0 ? windowMs : 60_000, granularityMs > 0 ? granularityMs : 1000)
}

export interface RecordRequestsInput {
  readonly buckets: RequestBuckets
  /** When the requests arrived, milliseconds since the epoch. */
  readonly atMs: number
  /** How many: one call for all requests of a moment. */
  readonly count: number
}

export interface RecordRequestsResult {
  readonly buckets: RequestBuckets
}

/**
 * Counts requests. Late ones are added to their bucket while that is inside the window, older ones are dropped; after a window
 * without any the buckets start anew. Costs the same for one request as for thousands, and copies the ring only once per bucket.
 *
 * Source: http-add-on: pkg/queue/bucketing.go, Record (itself from knative: pkg/autoscaler/aggregation/bucketing.go).
 */
export function recordRequests({ buckets, atMs, count }: RecordRequestsInput): RecordRequestsResult {
  return { buckets: recordInRing(buckets, atMs, count) }
}

export interface RequestRateInput {
  readonly buckets: RequestBuckets
  readonly nowMs: number
}

export interface RequestRateResult {
  /** Requests per bucket (per second with the default granularity), three decimals. */
  readonly rate: number
  /** Nothing for more than a window. */
  readonly empty: boolean
}

/**
 * Mean over the buckets since the first write, at most all of them. Buckets that have run out since the last request leave the sum
 * but not the divisor; after a whole window of silence the rate is 0.
 *
 * Source: http-add-on: pkg/queue/bucketing.go, WindowAverage.
 */
export function requestRate({ buckets, nowMs }: RequestRateInput): RequestRateResult {
  const rate = averageOfRing(buckets, nowMs, { decimals: 3, divisorShrinks: false })
  return { rate, empty: isRingEmpty(buckets, nowMs) }
}
