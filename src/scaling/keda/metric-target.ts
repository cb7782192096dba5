import { COMPOSITE_METRIC } from './activity.ts'
import { metricQuantity } from './quantity.ts'
import type { MetricType } from './spec.ts'

/** What the generated HPA compares a metric with. */
export type MetricTarget =
  | { readonly type: 'AverageValue'; readonly averageValueMilli: number }
  | { readonly type: 'Value'; readonly valueMilli: number }
  | { readonly type: 'Utilization'; readonly averageUtilizationPercent: number }

/** One metric of the generated HPA. */
export type HpaMetric =
  | { readonly source: 'External'; readonly name: string; readonly target: MetricTarget }
  | { readonly source: 'Resource'; readonly name: 'cpu' | 'memory'; readonly target: MetricTarget }
  | { readonly source: 'ContainerResource'; readonly name: 'cpu' | 'memory'; readonly container: string; readonly target: MetricTarget }

export interface MetricTargetInput {
  /** Place of the trigger in the list, from 0. */
  readonly triggerIndex: number
  /** `cpu` and `memory` become resource metrics, all others external ones. */
  readonly triggerType: string
  /** The scaler's own name of the metric (`redis-jobs`); not used for cpu and memory. */
  readonly metricName?: string
  readonly metricType?: MetricType
  /** In the metric's own unit (percent for Utilization). */
  readonly target: number
  /** cpu and memory: of one container only. */
  readonly containerName?: string
}

export type MetricTargetResult = { readonly ok: true; readonly metric: HpaMetric } | { readonly ok: false; readonly error: string }

/**
 * The metric that KEDA generates for a trigger: `s{index}-{name}` with AverageValue unless Value is asked for; for cpu and memory the
 * type has to be written, and only there it may be Utilization.
 * Upstream: pkg/scalers/scaler.go (GetMetricTargetType, GenerateMetricNameWithIndex, GetMetricTargetMili), pkg/scalers/cpu_memory_scaler.go.
 */
export function metricTarget(input: MetricTargetInput): MetricTargetResult {
  const { triggerType } = input
  if (triggerType === 'cpu' || triggerType === 'memory') return resourceTarget(triggerType, input)
  const type = input.metricType ?? 'AverageValue'
  if (type === 'Utilization') {
    return {
      ok: false,
      error: `metricType Utilization is for cpu and memory only; ${triggerType} takes AverageValue (the default) or Value`,
    }
  }
  const name = `s${input.triggerIndex}-${input.metricName ?? triggerType}`
  return { ok: true, metric: { source: 'External', name, target: amount(type, input.target) } }
}

function resourceTarget(name: 'cpu' | 'memory', { metricType, target, containerName }: MetricTargetInput): MetricTargetResult {
  if (metricType === undefined || metricType === 'Value') {
    const given = metricType === undefined ? 'is missing' : 'is Value'
    return { ok: false, error: `metricType of a ${name} trigger ${given}: write Utilization (percent of the request) or AverageValue` }
  }
  if (metricType === 'Utilization' && !Number.isInteger(target)) {
    return { ok: false, error: `value of a ${name} trigger with metricType Utilization is a whole number of percent, not ${target}` }
  }
  const wanted: MetricTarget =
    metricType === 'Utilization' ? { type: metricType, averageUtilizationPercent: target } : amount(metricType, target)
  if (containerName === undefined || containerName === '') return { ok: true, metric: { source: 'Resource', name, target: wanted } }
  return { ok: true, metric: { source: 'ContainerResource', name, container: containerName, target: wanted } }
}

function amount(type: 'AverageValue' | 'Value', target: number): MetricTarget {
  const { quantityMilli } = metricQuantity({ value: target })
  return type === 'Value' ? { type, valueMilli: quantityMilli } : { type, averageValueMilli: quantityMilli }
}

export interface HpaMetricsInput {
  /** One for each trigger, as `metricTarget` gives them. */
  readonly metrics: readonly HpaMetric[]
  readonly modifiers?: { readonly target: number; readonly metricType?: 'AverageValue' | 'Value' }
}

export interface HpaMetricsResult {
  readonly metrics: readonly HpaMetric[]
  /** Metrics that upstream loses on the way: those of single containers, as soon as there is a formula. */
  readonly dropped: readonly HpaMetric[]
}

/**
 * All metrics of the generated HPA, sorted as upstream sorts them. With modifiers one composite replaces all external metrics;
 * resource metrics stay.
 * Upstream: controllers/keda/hpa.go (getScaledObjectMetricSpecs).
 */
export function hpaMetrics({ metrics, modifiers }: HpaMetricsInput): HpaMetricsResult {
  const sorted = metrics.toSorted((left, right) => (left.source < right.source ? -1 : left.source > right.source ? 1 : 0))
  if (modifiers === undefined || !(modifiers.target > 0)) return { metrics: sorted, dropped: [] }
  const milli = Math.trunc(modifiers.target * 1000)
  const target: MetricTarget =
    modifiers.metricType === 'Value' ? { type: 'Value', valueMilli: milli } : { type: 'AverageValue', averageValueMilli: milli }
  const kept = sorted.filter(({ source }) => source === 'Resource')
  const dropped = sorted.filter(({ source }) => source === 'ContainerResource')
  return { metrics: [...kept, { source: 'External', name: COMPOSITE_METRIC, target }], dropped }
}
