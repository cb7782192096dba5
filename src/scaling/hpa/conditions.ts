import type { MetricFailureReason } from './combine-proposals.ts'
import type { LimitReason } from './limit-without-behavior.ts'

export type HpaConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited' | 'ScaledToZero'

export type HpaConditionReason =
  | 'SucceededGetScale'
  | 'SucceededRescale'
  | 'ReadyForNewScale'
  | 'ScaleDownStabilized'
  | 'ScaleUpStabilized'
  | 'ValidMetricFound'
  | 'ScalingDisabled'
  | 'ScaledToZero'
  | 'NotScaledToZero'
  | MetricFailureReason
  | LimitReason

/** A condition of an autoscaler's status: types and reasons are upstream's, messages ours. */
export interface HpaCondition {
  readonly type: HpaConditionType
  readonly status: 'True' | 'False'
  readonly reason: HpaConditionReason
  readonly message: string
  /** When `status` last changed. */
  readonly lastTransitionAtMs: number
}

export type HpaConditionNews = Omit<HpaCondition, 'lastTransitionAtMs'>

/**
 * Conditions with one of them set. They last from pass to pass; a new reason with the same status keeps the time of the change,
 * and what is as it was stays the same list.
 *
 * kubernetes: pkg/controller/podautoscaler/horizontal.go (setConditionInList)
 */
export function withCondition(list: readonly HpaCondition[], news: HpaConditionNews, nowMs: number): readonly HpaCondition[] {
  const index = list.findIndex((condition) => condition.type === news.type)
  const old = list[index]
  if (old !== undefined && old.reason === news.reason && old.status === news.status && old.message === news.message) return list
  const next = list.slice()
  const lastTransitionAtMs = old !== undefined && old.status === news.status ? old.lastTransitionAtMs : nowMs
  next[index === -1 ? list.length : index] = { ...news, lastTransitionAtMs }
  return next
}

/** What the reasons of AbleToScale and ScalingLimited mean. */
export const CONDITION_MESSAGES = {
  SucceededGetScale: 'the size of the target is known',
  ReadyForNewScale: 'no earlier wish holds the size',
  ScaleDownStabilized: 'a larger size was wished for within the window for shrinking, and the largest such wish applies',
  ScaleUpStabilized: 'a smaller size was wished for within the window for growing, and the smallest such wish applies',
  DesiredWithinRange: 'the wished size is within all limits',
  TooFewReplicas: 'the wished size is below minReplicas',
  TooManyReplicas: 'the wished size is above maxReplicas',
  ScaleUpLimit: 'the wished size is above what may be added now',
  ScaleDownLimit: 'the wished size is below what may be taken away now',
} as const satisfies Partial<Record<HpaConditionReason, string>>
