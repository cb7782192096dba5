import { problem, result, type ScalingProblem, type ValidationResult } from './scaling-problem.ts'
import type { TriggerSpec } from './trigger-spec.ts'

export interface ValidateTriggersInput {
  readonly triggers: readonly TriggerSpec[]
}

const UNCACHED = new Set(['cpu', 'memory', 'cron'])

/**
 * Rules over all triggers of an object: there is one, names are unique, and the last poll's value is used only where there is one.
 * Upstream: apis/keda/v1alpha1/scaletriggers_types.go (ValidateTriggers), pkg/scalers/scaler.go and cpu_memory_scaler.go (metric types).
 */
export function validateTriggers({ triggers }: ValidateTriggersInput): ValidationResult {
  if (triggers.length === 0)
    return result([problem('no-triggers', 'error', 'triggers', 'there is no trigger', 'a ScaledObject has at least one')])
  const names = new Map<string, number>()
  return result(
    triggers.flatMap((trigger, index) => [
      ...cacheProblems(trigger, index),
      ...typeProblems(trigger, index),
      ...nameProblems(trigger, index, names),
    ]),
  )
}

function cacheProblems({ type, useCachedMetrics }: TriggerSpec, index: number): readonly ScalingProblem[] {
  if (useCachedMetrics !== true || !UNCACHED.has(type)) return []
  const message = `useCachedMetrics cannot be used with a ${type} trigger`
  return [problem('cached-metrics', 'error', `triggers[${index}].useCachedMetrics`, message, 'leave it out')]
}

function typeProblems({ type, metricType }: TriggerSpec, index: number): readonly ScalingProblem[] {
  const resource = type === 'cpu' || type === 'memory'
  const field = `triggers[${index}].metricType`
  if (resource && metricType !== 'Utilization' && metricType !== 'AverageValue') {
    const message = `metricType of a ${type} trigger is ${metricType ?? 'missing'}`
    return [problem('metric-type', 'error', field, message, 'write Utilization (percent of the request) or AverageValue')]
  }
  if (resource || metricType === undefined || metricType === 'AverageValue' || metricType === 'Value') return []
  return [
    problem(
      'metric-type',
      'error',
      field,
      `metricType ${metricType} cannot be used with a ${type} trigger`,
      'write AverageValue (the default) or Value',
    ),
  ]
}

function nameProblems({ name }: TriggerSpec, index: number, names: Map<string, number>): readonly ScalingProblem[] {
  if (name === undefined || name === '') return []
  const first = names.get(name)
  names.set(name, first ?? index)
  if (first === undefined) return []
  return [
    problem(
      'trigger-name',
      'error',
      `triggers[${index}].name`,
      `the name "${name}" is taken by triggers[${first}]`,
      'names of triggers are unique',
    ),
  ]
}
