/** Metrics that an `InterceptorRoute` or `HTTPScaledObject` asks for. */
export interface HttpScalingMetric {
  readonly concurrency?: { readonly targetValue?: number }
  readonly requestRate?: { readonly targetValue?: number }
}

export interface HttpMetricsInput {
  /** `HTTPScaledObject` knows one metric and whole values; `InterceptorRoute` both at once and fractions. */
  readonly kind: 'HTTPScaledObject' | 'InterceptorRoute'
  readonly scalingMetric?: HttpScalingMetric
  /** The deprecated `targetPendingRequests` of an `HTTPScaledObject`. */
  readonly targetPendingRequests?: number
  /** Requests in flight, held ones included. */
  readonly concurrency: number
  /** Of {@link requestRate}. */
  readonly requestRate: number
}

export interface HttpMetric {
  readonly metric: 'concurrency' | 'requestRate'
  readonly value: number
  /** `averageValue` of the metric's target. */
  readonly targetValue: number
}

export interface HttpMetricsResult {
  readonly metrics: readonly HttpMetric[]
  /** Any value above 0: there is no activation threshold. */
  readonly active: boolean
}

const defaultTarget = 100

/**
 * What the add-on's scaler answers. For an `HTTPScaledObject` that is one metric (the rate when it is given, rounded up to a whole
 * number), for an `InterceptorRoute` each metric that is given. It is active as soon as one value is above 0.
 *
 * Source: http-add-on: scaler/handlers.go, GetMetrics, GetMetricSpec and IsActive.
 */
export function httpMetrics(input: HttpMetricsInput): HttpMetricsResult {
  const metrics = input.kind === 'InterceptorRoute' ? routeMetrics(input) : [scaledObjectMetric(input)]
  return { metrics, active: metrics.some(({ value }) => value > 0) }
}

function routeMetrics({ scalingMetric, concurrency, requestRate }: HttpMetricsInput): readonly HttpMetric[] {
  const metrics: HttpMetric[] = []
  if (scalingMetric?.concurrency)
    metrics.push({ metric: 'concurrency', value: concurrency, targetValue: scalingMetric.concurrency.targetValue ?? defaultTarget })
  if (scalingMetric?.requestRate)
    metrics.push({ metric: 'requestRate', value: requestRate, targetValue: scalingMetric.requestRate.targetValue ?? defaultTarget })
  return metrics
}

function scaledObjectMetric({ scalingMetric, targetPendingRequests, concurrency, requestRate }: HttpMetricsInput): HttpMetric {
  if (scalingMetric?.requestRate)
    return { metric: 'requestRate', value: Math.ceil(requestRate), targetValue: scalingMetric.requestRate.targetValue ?? defaultTarget }
  const target = scalingMetric?.concurrency ? scalingMetric.concurrency.targetValue : targetPendingRequests
  return { metric: 'concurrency', value: concurrency, targetValue: target ?? defaultTarget }
}
