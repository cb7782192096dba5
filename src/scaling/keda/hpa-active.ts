import type { Condition } from './conditions.ts'

export interface HpaActiveConditionInput {
  /** The HPA's own condition ScalingActive; absent: it was not seen, and the condition keeps what it had. */
  readonly scalingActive?: { readonly status: Condition['status']; readonly reason: string; readonly message: string }
}

export interface HpaActiveConditionResult {
  readonly condition?: Condition
}

/**
 * The condition HPAActive of a ScaledObject: what its HPA says of itself. A target that KEDA put to sleep disables its HPA, which counts as
 * healthy. Ready does not depend on it.
 * Upstream: pkg/scaling/executor/scale_scaledobjects.go (getHPAHealth).
 */
export function hpaActiveCondition({ scalingActive }: HpaActiveConditionInput): HpaActiveConditionResult {
  if (scalingActive === undefined) return {}
  const { status, reason, message } = scalingActive
  if (status === 'True') return { condition: { type: 'HPAActive', status: 'True', reason: 'HPAActive', message: 'the HPA scales' } }
  if (reason === 'ScalingDisabled') return { condition: { type: 'HPAActive', status: 'True', reason, message } }
  const told = reason === '' ? 'HPAMetricsUnavailable' : reason
  return { condition: { type: 'HPAActive', status: 'False', reason: told, message: `the HPA does not scale: ${message}` } }
}
