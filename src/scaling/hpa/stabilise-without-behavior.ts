import { DOWNSCALE_STABILIZATION_MS } from './behavior-defaults.ts'
import { logRecommendation, type Recommendation } from './recommendations.ts'

export interface StabiliseWithoutBehaviorInput {
  /** The combined wish of this pass. */
  readonly desiredReplicas: number
  readonly recommendations: readonly Recommendation[]
  readonly nowMs: number
  /** Default 300000. */
  readonly downscaleStabilizationMs?: number | undefined
}

export interface StabiliseWithoutBehaviorResult {
  readonly replicas: number
  /** The log with this wish in it. */
  readonly recommendations: readonly Recommendation[]
  readonly reason: 'ReadyForNewScale' | 'ScaleDownStabilized'
  /** The wish that holds the size up. */
  readonly heldBy?: Recommendation | undefined
}

/**
 * The highest wish of the window, its end included; there is no window for growing. The raw wish is logged.
 *
 * kubernetes: pkg/controller/podautoscaler/horizontal.go (stabilizeRecommendation)
 */
export function stabiliseWithoutBehavior(input: StabiliseWithoutBehaviorInput): StabiliseWithoutBehaviorResult {
  const { desiredReplicas, recommendations: log, nowMs } = input
  const cutoff = nowMs - (input.downscaleStabilizationMs ?? DOWNSCALE_STABILIZATION_MS)
  let replicas = desiredReplicas
  let heldBy: Recommendation | undefined
  let slot = -1
  for (let index = 0; index < log.length; index++) {
    const wish = log[index]
    if (wish === undefined) continue
    if (wish.atMs < cutoff) slot = index
    else if (wish.replicas > replicas) {
      replicas = wish.replicas
      heldBy = wish
    }
  }
  return {
    replicas,
    recommendations: logRecommendation(log, slot, { replicas: desiredReplicas, atMs: nowMs }),
    reason: heldBy === undefined ? 'ReadyForNewScale' : 'ScaleDownStabilized',
    heldBy,
  }
}
