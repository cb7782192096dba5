import { MAX_REPLICAS } from './numbers.ts'

/** Why a size was cut, or that it was not, in upstream's words. */
export type LimitReason = 'DesiredWithinRange' | 'TooFewReplicas' | 'TooManyReplicas' | 'ScaleUpLimit' | 'ScaleDownLimit'

export interface LimitResult {
  readonly replicas: number
  readonly reason: LimitReason
  /** Whether the size is another than the desired one: status of the condition ScalingLimited. */
  readonly limited: boolean
}

export interface LimitWithoutBehaviorInput {
  readonly currentReplicas: number
  /** The stabilised wish. */
  readonly desiredReplicas: number
  readonly minReplicas: number
  readonly maxReplicas: number
  /** One pass grows to at most this many times the current size. Default 2. */
  readonly scaleUpLimitFactor?: number | undefined
  /** Up to this size one pass may always grow. Default 4. */
  readonly scaleUpLimitMinimum?: number | undefined
}

/**
 * Without a behavior one pass grows to at most twice the size, or to 4; shrinking has no limit. Bounds apply in any case.
 *
 * kubernetes: pkg/controller/podautoscaler/horizontal.go (convertDesiredReplicasWithRules, calculateScaleUpLimit)
 */
export function limitWithoutBehavior(input: LimitWithoutBehaviorInput): LimitResult {
  const { desiredReplicas, minReplicas, maxReplicas } = input
  if (desiredReplicas < minReplicas) return { replicas: minReplicas, reason: 'TooFewReplicas', limited: true }
  const growth = growthLimit(input)
  const cutByGrowth = maxReplicas > growth
  const allowed = cutByGrowth ? growth : maxReplicas
  if (desiredReplicas > allowed) return { replicas: allowed, reason: cutByGrowth ? 'ScaleUpLimit' : 'TooManyReplicas', limited: true }
  return { replicas: desiredReplicas, reason: 'DesiredWithinRange', limited: false }
}

/** The largest size that one pass without a behavior may set. */
function growthLimit(input: Pick<LimitWithoutBehaviorInput, 'currentReplicas' | 'scaleUpLimitFactor' | 'scaleUpLimitMinimum'>): number {
  const limit = Math.max((input.scaleUpLimitFactor ?? 2) * input.currentReplicas, input.scaleUpLimitMinimum ?? 4)
  return Math.min(Math.trunc(limit), MAX_REPLICAS)
}
