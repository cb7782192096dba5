import type { AggregateJobMetricsResult } from './metrics.ts'

/** A condition of the ScaledJob's status, with upstream's types and reasons. */
export interface ScaledJobCondition {
  readonly type: 'Ready' | 'Active' | 'Paused'
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
}

export const pausedConditions: readonly ScaledJobCondition[] = [{ type: 'Paused', status: 'True', reason: 'ScaledJobPaused' }]

/**
 * Conditions after a poll: a failing trigger makes Ready unknown while another one is active, and false otherwise.
 *
 * Source: keda: pkg/scaling/executor/scale_jobs.go, RequestJobScale.
 */
export function pollConditions({ active }: Pick<AggregateJobMetricsResult, 'active'>, anyError: boolean): readonly ScaledJobCondition[] {
  return [readiness(active, anyError), activity(active), { type: 'Paused', status: 'False', reason: 'ScaledJobUnpaused' }]
}

function readiness(active: boolean, anyError: boolean): ScaledJobCondition {
  if (!anyError) return { type: 'Ready', status: 'True', reason: 'ScaledJobReady' }
  return active
    ? { type: 'Ready', status: 'Unknown', reason: 'PartialTriggerError' }
    : { type: 'Ready', status: 'False', reason: 'TriggerError' }
}

function activity(active: boolean): ScaledJobCondition {
  return active
    ? { type: 'Active', status: 'True', reason: 'ScalerActive' }
    : { type: 'Active', status: 'False', reason: 'ScalerNotActive' }
}
