import type { HpaBehavior } from './behavior.ts'
import { withBehaviorDefaults } from './behavior-defaults.ts'
import { logRecommendation, type Recommendation } from './recommendations.ts'

export interface StabiliseWithBehaviorInput {
  readonly currentReplicas: number
  /** The combined wish of this pass. */
  readonly desiredReplicas: number
  readonly recommendations: readonly Recommendation[]
  readonly behavior: HpaBehavior
  readonly nowMs: number
  /** For a behavior without a window for shrinking. Default 300000. */
  readonly downscaleStabilizationMs?: number | undefined
}

export interface StabiliseWithBehaviorResult {
  readonly replicas: number
  /** The log with this wish in it. */
  readonly recommendations: readonly Recommendation[]
  readonly reason: 'ReadyForNewScale' | 'ScaleUpStabilized' | 'ScaleDownStabilized'
  /** The lowest wish of the window for growing, this one included. */
  readonly lowest: number
  /** The highest wish of the window for shrinking, this one included. */
  readonly highest: number
}

/**
 * The current size, moved between the lowest wish of the window for growing and the highest of the window for shrinking; only
 * wishes strictly newer than a window's far end belong to it. The raw wish is logged, in the slot of one older than both.
 *
 * kubernetes: pkg/controller/podautoscaler/horizontal.go (stabilizeRecommendationWithBehaviors)
 */
export function stabiliseWithBehavior(input: StabiliseWithBehaviorInput): StabiliseWithBehaviorResult {
  const { currentReplicas, desiredReplicas, recommendations: log, nowMs } = input
  const { scaleUp, scaleDown } = withBehaviorDefaults(input)
  const upCutoff = nowMs - scaleUp.stabilizationWindowSeconds * 1000
  const downCutoff = nowMs - scaleDown.stabilizationWindowSeconds * 1000
  let lowest = desiredReplicas
  let highest = desiredReplicas
  let slot = -1
  for (let index = 0; index < log.length; index++) {
    const wish = log[index]
    if (wish === undefined) continue
    if (wish.atMs > upCutoff && wish.replicas < lowest) lowest = wish.replicas
    if (wish.atMs > downCutoff && wish.replicas > highest) highest = wish.replicas
    if (wish.atMs < upCutoff && wish.atMs < downCutoff) slot = index
  }
  const replicas = Math.min(Math.max(currentReplicas, lowest), highest)
  return {
    replicas,
    recommendations: logRecommendation(log, slot, { replicas: desiredReplicas, atMs: nowMs }),
    reason:
      replicas === desiredReplicas ? 'ReadyForNewScale' : desiredReplicas >= currentReplicas ? 'ScaleUpStabilized' : 'ScaleDownStabilized',
    lowest,
    highest,
  }
}
