import { COMPOSITE_METRIC } from './activity.ts'
import { countFailure, fallbackValue, type TriggerHealth } from './fallback.ts'
import { figure } from './figures.ts'
import { type EvaluateModifiersResult, evaluateModifiers } from './modifiers/evaluate-modifiers.ts'
import type { CompiledFormula } from './modifiers/formula.ts'
import { metricQuantity } from './quantity.ts'
import type { FallbackSpec, MetricType, ScalingModifiersSpec } from './spec.ts'

export interface ServeMetricInput {
  readonly metricName: string
  /** In the metric's own unit; absent: it could not be read. */
  readonly value?: number
  readonly error?: string
  readonly health?: TriggerHealth
  readonly fallback?: FallbackSpec
  readonly modifiers?: Pick<ScalingModifiersSpec, 'target' | 'metricType'>
  /** Of the trigger; AverageValue when absent. */
  readonly metricType?: MetricType
  /** Of the trigger, in the metric's own unit. */
  readonly target: number
  readonly currentReplicas: number
  readonly readyReplicas: number
}

export type ServeMetricResult = { readonly health?: TriggerHealth } & (
  | { readonly serves: 'value' | 'fallback'; readonly quantityMilli: number; readonly because: string }
  /** It goes into a formula as nil. */
  | { readonly serves: 'nil'; readonly because: string }
  | { readonly serves: 'error'; readonly error: string }
)

/**
 * What one reading of a metric becomes, for a poll as for a request of the HPA: its value, an error, or, after more failures than the
 * threshold, the fallback.
 * Upstream: pkg/fallback/fallback.go (GetMetricsWithFallback).
 */
export function serveMetric(input: ServeMetricInput): ServeMetricResult {
  const { metricName, value, fallback, modifiers } = input
  const { health, inFallback } = countFailure({
    failed: value === undefined,
    ...(input.health === undefined ? {} : { health: input.health }),
    ...(fallback === undefined ? {} : { fallback }),
    ...(modifiers === undefined ? {} : { modifiers }),
  })
  const kept = health === undefined ? {} : { health }
  if (value !== undefined)
    return { ...kept, serves: 'value', ...metricQuantity({ value }), because: `${metricName} reads ${figure(value)}` }
  const error = input.error ?? 'no value came'
  if (!inFallback || fallback === undefined) return { ...kept, serves: 'error', error }
  if (fallback.behavior === 'scalingModifiers')
    return { ...kept, serves: 'nil', because: `${metricName} fails (${error}): nil in the formula` }
  const metricType = modifiers === undefined ? input.metricType : modifiers.metricType
  const substitute = fallbackValue({
    fallback,
    target: modifiers === undefined ? input.target : Number(modifiers.target),
    currentReplicas: input.currentReplicas,
    readyReplicas: input.readyReplicas,
    ...(metricType === undefined ? {} : { metricType }),
  })
  if (!substitute.ok) return { ...kept, serves: 'error', error: substitute.error }
  return {
    ...kept,
    serves: 'fallback',
    quantityMilli: substitute.quantityMilli,
    because: `${metricName} fails (${error}): ${substitute.because}`,
  }
}

export interface ServeCompositeInput {
  readonly modifiers: Pick<ScalingModifiersSpec, 'target'> & { readonly formula: string | CompiledFormula }
  readonly fallback?: FallbackSpec
  /** All external metrics, in the order of the triggers. */
  readonly metrics: readonly { readonly triggerName: string; readonly served: ServeMetricResult }[]
}

export type ServeCompositeResult =
  | { readonly serves: 'value' | 'fallback'; readonly quantityMilli: number; readonly because: string }
  | { readonly serves: 'error'; readonly error: string }

/**
 * The composite metric of a formula. A fallback of one trigger replaces the whole of it; without one, a trigger that cannot be read makes
 * it an error.
 * Upstream: pkg/scaling/modifiers/formula.go (HandleScalingModifiers), pkg/scaling/scale_handler.go (GetScaledObjectMetrics).
 */
export function serveComposite({ modifiers, fallback, metrics }: ServeCompositeInput): ServeCompositeResult {
  const values: Record<string, number | null> = Object.create(null)
  for (const { served } of metrics)
    if (served.serves === 'fallback') return { serves: 'fallback', quantityMilli: served.quantityMilli, because: served.because }
  for (const { triggerName, served } of metrics) {
    if (served.serves === 'error') return { serves: 'error', error: `${triggerName}: ${served.error}` }
    values[triggerName] = served.serves === 'nil' ? null : served.quantityMilli / 1000
  }
  const { formula, target } = modifiers
  const result = evaluateModifiers({
    formula,
    values,
    ...(fallback === undefined ? {} : { fallback }),
    ...(target === undefined ? {} : { target }),
  })
  return told(result)
}

function told(result: EvaluateModifiersResult): ServeCompositeResult {
  if (!result.ok) return { serves: 'error', error: `the formula failed at column ${result.problem.column}: ${result.problem.message}` }
  const { quantityMilli, usedFallback, value } = result
  const because = usedFallback
    ? `the formula gives nil: fallback.replicas × target is ${figure(value)}`
    : `the formula gives ${figure(value)}`
  return { serves: usedFallback ? 'fallback' : 'value', quantityMilli, because: `${COMPOSITE_METRIC}: ${because}` }
}
