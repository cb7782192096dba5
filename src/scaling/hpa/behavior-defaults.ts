import type { FullBehavior, FullScalingRules, HpaBehavior, ScalingPolicy, ScalingRules } from './behavior.ts'

/** How long a wish for a larger size keeps the size up: the controller's default, in milliseconds. */
export const DOWNSCALE_STABILIZATION_MS = 300_000

const UP_POLICIES: readonly ScalingPolicy[] = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
]
const DOWN_POLICIES: readonly ScalingPolicy[] = [{ type: 'Percent', value: 100, periodSeconds: 15 }]

export interface BehaviorDefaultsInput {
  readonly behavior: HpaBehavior
  /** The controller's window for shrinking, for a behavior that sets none. Default 300000. */
  readonly downscaleStabilizationMs?: number | undefined
}

/**
 * Fills in what a present behavior leaves out, direction by direction; a field that is given replaces the default as a whole
 * (`policies` as a list). Growing: no window, `Max` of 4 pods and 100 % in 15 s. Shrinking: the controller's window, `Max` of
 * 100 % in 15 s. A behavior that is complete comes back as it is.
 *
 * kubernetes: pkg/apis/autoscaling/v2/defaults.go; pkg/controller/podautoscaler/horizontal.go (maybeInitScaleDownStabilizationWindow)
 */
export function withBehaviorDefaults(input: BehaviorDefaultsInput): FullBehavior {
  const { scaleUp, scaleDown } = input.behavior
  if (isFull(scaleUp) && isFull(scaleDown)) return input.behavior as FullBehavior
  const downWindow = Math.trunc((input.downscaleStabilizationMs ?? DOWNSCALE_STABILIZATION_MS) / 1000)
  return { scaleUp: fill(scaleUp, 0, UP_POLICIES), scaleDown: fill(scaleDown, downWindow, DOWN_POLICIES) }
}

function isFull(rules: ScalingRules | undefined): boolean {
  return rules?.stabilizationWindowSeconds !== undefined && rules.selectPolicy !== undefined && rules.policies !== undefined
}

function fill(rules: ScalingRules | undefined, window: number, policies: readonly ScalingPolicy[]): FullScalingRules {
  return {
    stabilizationWindowSeconds: rules?.stabilizationWindowSeconds ?? window,
    selectPolicy: rules?.selectPolicy ?? 'Max',
    policies: rules?.policies ?? policies,
    ...(rules?.tolerance === undefined ? {} : { tolerance: rules.tolerance }),
  }
}
