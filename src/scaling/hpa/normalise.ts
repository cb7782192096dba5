import { withBehaviorDefaults } from './behavior-defaults.ts'
import { type LimitWithBehaviorResult, limitWithBehavior } from './limit-with-behavior.ts'
import { limitWithoutBehavior } from './limit-without-behavior.ts'
import type { Recommendation } from './recommendations.ts'
import { type StabiliseWithBehaviorResult, stabiliseWithBehavior } from './stabilise-with-behavior.ts'
import { type StabiliseWithoutBehaviorResult, stabiliseWithoutBehavior } from './stabilise-without-behavior.ts'
import type { HpaState, HpaSyncInput } from './sync-record.ts'

export interface NormaliseInput {
  readonly sync: HpaSyncInput
  readonly state: HpaState
  readonly minReplicas: number
  /** The combined wish of this pass. */
  readonly desiredReplicas: number
}

/** A wish on its way to a size. */
export interface Normalised {
  readonly desiredReplicas: number
  readonly stabilised: StabiliseWithoutBehaviorResult | StabiliseWithBehaviorResult
  readonly limit: LimitWithBehaviorResult
  readonly recommendations: readonly Recommendation[]
}

/** Stabilises and limits a wish, by the one algorithm or the other. kubernetes: horizontal.go (normalizeDesiredReplicas…) */
export function normalise(input: NormaliseInput): Normalised {
  const { sync, state, minReplicas, desiredReplicas } = input
  const { spec, controller, specReplicas: currentReplicas, nowMs } = sync
  const { recommendations, upEvents, downEvents } = state
  const { maxReplicas } = spec
  if (spec.behavior === undefined) {
    const { downscaleStabilizationMs, scaleUpLimitFactor, scaleUpLimitMinimum } = controller ?? {}
    const stabilised = stabiliseWithoutBehavior({ desiredReplicas, recommendations, nowMs, downscaleStabilizationMs })
    const limit = limitWithoutBehavior({
      currentReplicas,
      desiredReplicas: stabilised.replicas,
      minReplicas,
      maxReplicas,
      scaleUpLimitFactor,
      scaleUpLimitMinimum,
    })
    return { desiredReplicas, stabilised, limit, recommendations: stabilised.recommendations }
  }
  const behavior = withBehaviorDefaults({ behavior: spec.behavior, downscaleStabilizationMs: controller?.downscaleStabilizationMs })
  const stabilised = stabiliseWithBehavior({ currentReplicas, desiredReplicas, recommendations, behavior, nowMs })
  const limit = limitWithBehavior({
    currentReplicas,
    desiredReplicas: stabilised.replicas,
    minReplicas,
    maxReplicas,
    behavior,
    upEvents,
    downEvents,
    nowMs,
  })
  return { desiredReplicas, stabilised, limit, recommendations: stabilised.recommendations }
}
