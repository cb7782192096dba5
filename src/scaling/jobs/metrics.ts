export interface TargetAverageValueInput {
  /** `averageValue` of the targets of one scaler; absent where the target is no average, which counts as 0. */
  readonly averageValues: readonly (number | undefined)[]
}

export interface TargetAverageValueResult {
  readonly targetAverageValue: number
}

/**
 * The mean of the targets of one scaler, 0 when it has none.
 *
 * Source: keda: pkg/scaling/scaledjob/metrics.go, getTargetAverageValue.
 */
export function targetAverageValue({ averageValues }: TargetAverageValueInput): TargetAverageValueResult {
  if (averageValues.length === 0) return { targetAverageValue: 0 }
  const total = averageValues.reduce<number>((sum, value) => sum + (value ?? 0), 0)
  return { targetAverageValue: total / averageValues.length }
}

export interface ScalerJobMetricsInput {
  /** The values that the scaler reported under the name of its first metric, in the metric's unit. */
  readonly values: readonly number[]
  /** As for {@link targetAverageValue}. */
  readonly averageValues: readonly (number | undefined)[]
  /** The effective maximum of {@link scaledJobBounds}. */
  readonly maxReplicaCount: number
}

export interface ScalerJobMetricsResult {
  readonly queueLength: number
  /** Jobs this scaler would want, not yet a whole number. */
  readonly maxScale: number
  readonly targetAverageValue: number
}

/**
 * What one scaler asks of a ScaledJob: its queue, and the queue over the target but at most the effective maximum. Without a
 * target it asks for no jobs.
 *
 * Source: keda: pkg/scaling/scaledjob/metrics.go, CalculateQueueLengthAndMaxValue.
 */
export function scalerJobMetrics({ values, averageValues, maxReplicaCount }: ScalerJobMetricsInput): ScalerJobMetricsResult {
  const queueLength = values.reduce((sum, value) => sum + value, 0)
  const target = targetAverageValue({ averageValues }).targetAverageValue
  return {
    queueLength,
    maxScale: target === 0 ? 0 : Math.min(queueLength / target, maxReplicaCount),
    targetAverageValue: target,
  }
}

/** How several scalers are combined; any other word means `max`. */
export type MultipleScalersCalculation = 'max' | 'min' | 'avg' | 'sum'

export interface AggregateJobMetricsInput {
  readonly scalers: readonly { readonly queueLength: number; readonly maxScale: number; readonly active: boolean }[]
  readonly multipleScalersCalculation?: MultipleScalersCalculation
  /** Effective bounds of {@link scaledJobBounds}. */
  readonly minReplicaCount: number
  readonly maxReplicaCount: number
}

export interface AggregateJobMetricsResult {
  readonly active: boolean
  /** Whole messages, rounded up; what `scaleTo` starts from. */
  readonly queueLength: number
  /** Whole jobs, rounded up, at most the effective maximum. */
  readonly maxScale: number
  /** The same before rounding. */
  readonly unroundedMaxScale: number
}

/**
 * Combines what several scalers ask. Only active scalers take part: `max` takes the longest queue, `min` the shortest (a queue of
 * length 0 met first gives way to the next), `avg` and `sum` what they say. A minimum above 0 makes the whole active.
 *
 * Source: keda: pkg/scaling/scaledjob/metrics.go, IsScaledJobActive.
 */
export function aggregateJobMetrics(input: AggregateJobMetricsInput): AggregateJobMetricsResult {
  const { active, queueLength, maxScale } = combine(input)
  const capped = Math.min(maxScale, input.maxReplicaCount)
  return {
    active: active || input.minReplicaCount > 0,
    queueLength: Math.ceil(queueLength),
    maxScale: Math.ceil(capped),
    unroundedMaxScale: capped,
  }
}

type Combined = Readonly<{ active: boolean; queueLength: number; maxScale: number }>

const nothing: Combined = { active: false, queueLength: 0, maxScale: 0 }

function combine({ scalers, multipleScalersCalculation }: AggregateJobMetricsInput): Combined {
  const active = scalers.filter((scaler) => scaler.active)
  const sum = active.reduce<Combined>(
    (total, scaler) => ({
      active: true,
      queueLength: total.queueLength + scaler.queueLength,
      maxScale: total.maxScale + scaler.maxScale,
    }),
    nothing,
  )
  switch (multipleScalersCalculation) {
    case 'sum':
      return sum
    case 'avg':
      return active.length === 0
        ? nothing
        : { active: true, queueLength: sum.queueLength / active.length, maxScale: sum.maxScale / active.length }
    case 'min':
      return active.reduce<Combined>(
        (least, scaler) => (least.queueLength === 0 || scaler.queueLength < least.queueLength ? scaler : least),
        nothing,
      )
    default:
      return active.reduce<Combined>((most, scaler) => (scaler.queueLength > most.queueLength ? scaler : most), nothing)
  }
}
