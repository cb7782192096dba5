import type { HpaState, HpaSyncInput } from './sync-record.ts'

/** At 0 replicas: nothing is done; metrics decide; metrics decide and the result is at least `minReplicas`. */
export type ZeroRule = 'disabled' | 'metrics' | 'wake'

/**
 * What a pass may do with a target at 0 replicas. Up to 1.35 only an autoscaler whose minimum is 0 goes on; later ones go on
 * only from a zero that they brought about themselves.
 *
 * kubernetes: pkg/controller/podautoscaler/horizontal.go (reconcileAutoscaler, shouldComputeMetricsForZeroReplicas)
 */
export function zeroRule(input: HpaSyncInput, state: HpaState): ZeroRule {
  const minReplicas = input.spec.minReplicas ?? 1
  if ((input.controller?.version ?? '1.35') === '1.35') return minReplicas === 0 ? 'metrics' : 'disabled'
  const wentToZero = state.conditions.some((condition) => condition.type === 'ScaledToZero' && condition.status === 'True')
  if (!remembersZero(input) || !wentToZero) return 'disabled'
  return minReplicas !== 0 || hasTotalMetric(input) ? 'wake' : 'disabled'
}

/** Whether the condition ScaledToZero exists for this controller. */
export function remembersZero({ controller }: HpaSyncInput): boolean {
  const version = controller?.version ?? '1.35'
  return version !== '1.35' && (controller?.scaleToZero ?? version === '1.37')
}

/** Only metrics that exist without pods can wake a target from zero. */
export function hasTotalMetric(input: HpaSyncInput): boolean {
  return input.metrics.some((metric) => metric.type === 'Object' || metric.type === 'External')
}
