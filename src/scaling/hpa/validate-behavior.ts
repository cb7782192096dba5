import type { HpaBehavior, ScalingPolicy, ScalingRules } from './behavior.ts'

/** The longest period of a policy, in seconds. */
const LONGEST_PERIOD_SECONDS = 1800

/** The longest stabilisation window, in seconds. */
const LONGEST_WINDOW_SECONDS = 3600

export interface ValidateBehaviorInput {
  readonly behavior: HpaBehavior
  /** Where the behavior stands in its document. Default `spec.behavior`. */
  readonly path?: string | undefined
}

export interface BehaviorFault {
  /** The field, such as `spec.behavior.scaleUp.policies[0].value`. */
  readonly field: string
  readonly value: unknown
  /** What the value must be. */
  readonly must: string
}

export interface ValidateBehaviorResult {
  readonly faults: readonly BehaviorFault[]
}

/**
 * Every fault of a behavior as written, in the order of its fields; none means that the API server would take it. Absent fields
 * are no faults, they have defaults.
 *
 * kubernetes: pkg/apis/autoscaling/validation/validation.go (validateScalingRules, validateScalingPolicy)
 */
export function validateBehavior(input: ValidateBehaviorInput): ValidateBehaviorResult {
  const path = input.path ?? 'spec.behavior'
  return {
    faults: [...rulesFaults(input.behavior.scaleUp, `${path}.scaleUp`), ...rulesFaults(input.behavior.scaleDown, `${path}.scaleDown`)],
  }
}

function rulesFaults(rules: ScalingRules | undefined, path: string): readonly BehaviorFault[] {
  if (rules === undefined) return []
  const faults: BehaviorFault[] = []
  const { stabilizationWindowSeconds: window, selectPolicy, policies, tolerance } = rules
  if (window !== undefined) {
    faults.push(...wholeFaults(`${path}.stabilizationWindowSeconds`, window, { least: 0, most: LONGEST_WINDOW_SECONDS }))
  }
  if (selectPolicy !== undefined && !['Disabled', 'Max', 'Min'].includes(selectPolicy)) {
    faults.push({ field: `${path}.selectPolicy`, value: selectPolicy, must: 'be Disabled, Max or Min' })
  }
  if (policies?.length === 0) faults.push({ field: `${path}.policies`, value: policies, must: 'hold at least one policy' })
  for (const [index, policy] of (policies ?? []).entries()) faults.push(...policyFaults(policy, `${path}.policies[${index}]`))
  if (tolerance !== undefined && !(tolerance >= 0)) faults.push({ field: `${path}.tolerance`, value: tolerance, must: 'be 0 or more' })
  return faults
}

function policyFaults(policy: ScalingPolicy, path: string): readonly BehaviorFault[] {
  const faults: BehaviorFault[] = []
  if (policy.type !== 'Pods' && policy.type !== 'Percent') {
    faults.push({ field: `${path}.type`, value: policy.type, must: 'be Percent or Pods' })
  }
  faults.push(...wholeFaults(`${path}.value`, policy.value, { least: 1 }))
  faults.push(...wholeFaults(`${path}.periodSeconds`, policy.periodSeconds, { least: 1, most: LONGEST_PERIOD_SECONDS }))
  return faults
}

function wholeFaults(field: string, value: number, bounds: { readonly least: number; readonly most?: number }): readonly BehaviorFault[] {
  const { least, most } = bounds
  if (Number.isInteger(value) && value >= least && (most === undefined || value <= most)) return []
  return [{ field, value, must: most === undefined ? `be a whole number, ${least} or more` : `be a whole number from ${least} to ${most}` }]
}
