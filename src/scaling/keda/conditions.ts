/** Types, statuses and reasons as upstream spells them (apis/keda/v1alpha1/condition_types.go); messages are ours. */
export type ConditionType = 'Ready' | 'Active' | 'Fallback' | 'Paused' | 'HPAActive'

export interface Condition {
  readonly type: ConditionType
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

/** An event of the operator (upstream: pkg/eventreason/eventreason.go). */
export interface ScaleEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: 'KEDAScaleTargetActivated' | 'KEDAScaleTargetDeactivated'
  readonly message: string
}

/** Set by polls, and by each request of the HPA for a metric. Source: KEDA, pkg/fallback/fallback.go, updateStatus. */
export function fallbackCondition(inFallback: boolean): Condition {
  return inFallback
    ? { type: 'Fallback', status: 'True', reason: 'FallbackExists', message: 'a trigger that keeps failing is replaced by the fallback' }
    : { type: 'Fallback', status: 'False', reason: 'NoFallbackFound', message: 'no trigger is replaced by the fallback' }
}
