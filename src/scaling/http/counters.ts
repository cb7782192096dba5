/** What one interceptor reports of one route: requests in flight (held ones too) and all requests since it started. */
export interface InterceptorCount {
  readonly interceptor: string
  readonly concurrency: number
  readonly requestCount: number
}

export interface InterceptorDeltasInput {
  readonly counts: readonly InterceptorCount[]
  /** Counter of each interceptor at the previous reading. */
  readonly previous: Readonly<Record<string, number>>
}

export interface InterceptorDeltasResult {
  /** Requests in flight at all interceptors. */
  readonly concurrency: number
  /** Requests since the previous reading, to be recorded into the buckets. */
  readonly requests: number
  readonly previous: Readonly<Record<string, number>>
}

/**
 * Sums the readings of all interceptors. An interceptor seen for the first time adds nothing to the requests, so that its whole
 * past is no spike; a counter that went back was started anew and counts in full.
 *
 * Source: http-add-on: scaler/queue_pinger.go, fetchAndSaveCounts.
 */
export function interceptorDeltas({ counts, previous }: InterceptorDeltasInput): InterceptorDeltasResult {
  let concurrency = 0
  let requests = 0
  const next: Record<string, number> = {}
  for (const count of counts) {
    concurrency += count.concurrency
    next[count.interceptor] = count.requestCount
    const before = previous[count.interceptor]
    if (before === undefined) continue
    requests += count.requestCount < before ? count.requestCount : count.requestCount - before
  }
  return { concurrency, requests, previous: next }
}
