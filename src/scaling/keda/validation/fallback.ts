import { fallbackIsUsable } from '../fallback.ts'
import type { FallbackSpec, ScalingModifiersSpec } from '../spec.ts'
import { problem, result, type ScalingProblem, type ValidationResult } from './scaling-problem.ts'
import { isResourceTrigger, type TriggerSpec } from './trigger-spec.ts'

export interface ValidateFallbackInput {
  readonly fallback?: FallbackSpec
  readonly triggers: readonly TriggerSpec[]
  readonly modifiers?: ScalingModifiersSpec
}

const BEHAVIORS = ['static', 'currentReplicas', 'currentReplicasIfHigher', 'currentReplicasIfLower', 'scalingModifiers']

/**
 * Whether a fallback is accepted, and whether it would ever be used.
 * Upstream: apis/keda/v1alpha1/scaledobject_types.go (CheckFallbackValid), scaledobject_webhook.go (verifyScaledObjects), pkg/fallback.
 */
export function validateFallback({ fallback, triggers, modifiers }: ValidateFallbackInput): ValidationResult {
  if (fallback === undefined) return result([])
  const problems: ScalingProblem[] = []
  for (const field of ['failureThreshold', 'replicas'] as const) {
    if (Number.isInteger(fallback[field]) && fallback[field] >= 0) continue
    const message = `fallback.${field} is ${fallback[field]}: it is required, and a whole number from 0`
    problems.push(problem('fallback-out-of-range', 'error', `fallback.${field}`, message))
  }
  const { behavior = 'static' } = fallback
  if (!BEHAVIORS.includes(behavior)) {
    problems.push(
      problem(
        'fallback-behavior',
        'error',
        'fallback.behavior',
        `fallback.behavior "${behavior}" is not known`,
        `known are ${BEHAVIORS.join(', ')}`,
      ),
    )
  }
  if (modifiers === undefined && triggers.every(isResourceTrigger)) {
    const message = 'a fallback needs a trigger that KEDA reads, and there are only cpu and memory triggers'
    problems.push(problem('fallback-resource-only', 'error', 'fallback', message, 'leave the fallback out, or add another trigger'))
  }
  if (behavior === 'scalingModifiers' && (modifiers?.formula ?? '') === '') {
    const message = 'fallback.behavior scalingModifiers needs a formula'
    problems.push(
      problem(
        'fallback-without-formula',
        'error',
        'fallback.behavior',
        message,
        'write advanced.scalingModifiers.formula, for example "a ?? b ?? 5"',
      ),
    )
  }
  if (problems.length > 0) return result(problems)
  const use = fallbackIsUsable({ fallback, ...(modifiers === undefined ? {} : { modifiers }) })
  if (use.usable) return result([])
  return result([
    problem(
      'fallback-never-used',
      'warning',
      'fallback',
      `KEDA ignores this fallback: ${use.because ?? ''}`,
      'write a whole number, for example "2"',
    ),
  ])
}
