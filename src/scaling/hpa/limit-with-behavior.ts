import type { FullScalingRules, HpaBehavior, ScalingPolicy } from './behavior.ts'
import { withBehaviorDefaults } from './behavior-defaults.ts'
import type { LimitResult } from './limit-without-behavior.ts'
import { MAX_REPLICAS } from './numbers.ts'
import { type ScaleEventLog, sumScaleEvents } from './scale-events.ts'

export interface LimitWithBehaviorInput extends ScaleEventLog {
  readonly currentReplicas: number
  /** The stabilised wish. */
  readonly desiredReplicas: number
  readonly minReplicas: number
  readonly maxReplicas: number
  readonly behavior: HpaBehavior
  readonly nowMs: number
}

export interface LimitWithBehaviorResult extends LimitResult {
  /** What the policies of the direction allow at this moment; absent when the size is not to change. */
  readonly policyLimit?: number | undefined
}

/**
 * What policies and bounds leave of a change. Growing ends at the policies' limit or `maxReplicas`, shrinking at theirs or
 * `minReplicas`; a policy that is used up holds the size, it never turns the direction round. A size that is not to change is
 * not looked at.
 *
 * kubernetes: pkg/controller/podautoscaler/horizontal.go (convertDesiredReplicasWithBehaviorRate)
 */
export function limitWithBehavior(input: LimitWithBehaviorInput): LimitWithBehaviorResult {
  const { currentReplicas, desiredReplicas, minReplicas, maxReplicas } = input
  const behavior = withBehaviorDefaults(input)
  if (desiredReplicas > currentReplicas) {
    const policyLimit = Math.max(scaleUpLimit(input, behavior.scaleUp), currentReplicas)
    const cutByPolicy = maxReplicas > policyLimit
    const allowed = cutByPolicy ? policyLimit : maxReplicas
    if (desiredReplicas > allowed) {
      return { replicas: allowed, reason: cutByPolicy ? 'ScaleUpLimit' : 'TooManyReplicas', limited: true, policyLimit }
    }
    return { replicas: desiredReplicas, reason: 'DesiredWithinRange', limited: false, policyLimit }
  }
  if (desiredReplicas < currentReplicas) {
    const policyLimit = Math.min(scaleDownLimit(input, behavior.scaleDown), currentReplicas)
    const cutByPolicy = minReplicas < policyLimit
    const allowed = cutByPolicy ? policyLimit : minReplicas
    if (desiredReplicas < allowed) {
      return { replicas: allowed, reason: cutByPolicy ? 'ScaleDownLimit' : 'TooFewReplicas', limited: true, policyLimit }
    }
    return { replicas: desiredReplicas, reason: 'DesiredWithinRange', limited: false, policyLimit }
  }
  return { replicas: desiredReplicas, reason: 'DesiredWithinRange', limited: false }
}

/** kubernetes: horizontal.go (calculateScaleUpLimitWithScalingRules). Percent is rounded up, or one replica could never grow. */
function scaleUpLimit(input: LimitWithBehaviorInput, rules: FullScalingRules): number {
  if (rules.selectPolicy === 'Disabled') return input.currentReplicas
  const least = rules.selectPolicy === 'Min'
  let limit = least ? MAX_REPLICAS : -MAX_REPLICAS
  for (const policy of rules.policies) {
    const start = periodStart(input, policy)
    const proposed = policy.type === 'Pods' ? start + policy.value : Math.ceil(start * (1 + policy.value / 100))
    limit = least ? Math.min(limit, proposed) : Math.max(limit, proposed)
  }
  return Math.min(limit, MAX_REPLICAS)
}

/** kubernetes: horizontal.go (calculateScaleDownLimitWithBehaviors). `Max` is the largest change, so the smallest size. */
function scaleDownLimit(input: LimitWithBehaviorInput, rules: FullScalingRules): number {
  if (rules.selectPolicy === 'Disabled') return input.currentReplicas
  const least = rules.selectPolicy === 'Min'
  let limit = least ? -MAX_REPLICAS : MAX_REPLICAS
  for (const policy of rules.policies) {
    const start = periodStart(input, policy)
    const proposed = policy.type === 'Pods' ? start - policy.value : Math.trunc(start * (1 - policy.value / 100)) + 0
    limit = least ? Math.max(limit, proposed) : Math.min(limit, proposed)
  }
  return limit
}

/** The size at the beginning of a policy's period: events of both directions count. */
function periodStart(input: LimitWithBehaviorInput, policy: ScalingPolicy): number {
  const { upEvents, downEvents, nowMs } = input
  const { periodSeconds } = policy
  const added = sumScaleEvents({ events: upEvents, periodSeconds, nowMs }).change
  const removed = sumScaleEvents({ events: downEvents, periodSeconds, nowMs }).change
  return input.currentReplicas - added + removed
}
