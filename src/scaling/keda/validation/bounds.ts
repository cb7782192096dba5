import { kedaDefaults, type ScaledObjectSpec } from '../spec.ts'
import { problem, result, type ScalingProblem, type ValidationResult } from './scaling-problem.ts'
import { isResourceTrigger, type TriggerSpec } from './trigger-spec.ts'

export interface ValidateBoundsInput {
  readonly spec: ScaledObjectSpec
  /** For the rule about objects with cpu and memory triggers only. */
  readonly triggers?: readonly TriggerSpec[]
}

/**
 * Bounds and periods of a ScaledObject. Upstream counts a written `minReplicaCount: 0` as 1 here, so `idleReplicaCount: 0` is accepted next
 * to it, and refused without it.
 * Upstream: apis/keda/v1alpha1/scaledobject_types.go (CheckReplicaCountBoundsAreValid, markers of the schema),
 * scaledobject_webhook.go (verifyCPUMemoryScalers).
 */
export function validateBounds({ spec, triggers = [] }: ValidateBoundsInput): ValidationResult {
  const { minReplicaCount, maxReplicaCount = kedaDefaults.maxReplicaCount, idleReplicaCount } = spec
  const min = minReplicaCount === undefined ? 0 : minReplicaCount > 0 ? minReplicaCount : kedaDefaults.hpaMinReplicas
  const problems: ScalingProblem[] = [...ranges(spec)]
  if (min > maxReplicaCount && maxReplicaCount >= 1) {
    const default100 = spec.maxReplicaCount === undefined ? ' (the default)' : ''
    const message = `minReplicaCount (${minReplicaCount}) is larger than maxReplicaCount (${maxReplicaCount}${default100})`
    problems.push(problem('min-above-max', 'error', 'minReplicaCount', message, 'raise maxReplicaCount, or lower minReplicaCount'))
  }
  if (idleReplicaCount !== undefined && idleReplicaCount >= min) {
    const message = `idleReplicaCount (${idleReplicaCount}) must be less than minReplicaCount (${minReplicaCount ?? 0})`
    problems.push(
      problem('idle-not-below-min', 'error', 'idleReplicaCount', message, 'raise minReplicaCount, or leave idleReplicaCount out'),
    )
  } else if (idleReplicaCount !== undefined && idleReplicaCount > 0) {
    const message = `idleReplicaCount is ${idleReplicaCount}, and the HPA works against any value but 0`
    problems.push(problem('idle-not-zero', 'warning', 'idleReplicaCount', message, 'use 0'))
  }
  if (triggers.length > 0 && triggers.every(isResourceTrigger) && (minReplicaCount ?? 0) === 0) {
    const message = 'there are only cpu and memory triggers, which can neither go to 0 nor wake from it'
    problems.push(problem('resource-only-to-zero', 'error', 'minReplicaCount', message, 'set minReplicaCount to 1, or add another trigger'))
  }
  return result(problems)
}

function ranges(spec: ScaledObjectSpec): readonly ScalingProblem[] {
  const limits = [
    ['pollingInterval', spec.pollingIntervalSeconds, 1],
    ['cooldownPeriod', spec.cooldownPeriodSeconds, 0],
    ['initialCooldownPeriod', spec.initialCooldownPeriodSeconds, 0],
    ['idleReplicaCount', spec.idleReplicaCount, 0],
    ['minReplicaCount', spec.minReplicaCount, 0],
    ['maxReplicaCount', spec.maxReplicaCount, 1],
  ] as const
  return limits.flatMap(([field, value, least]) => {
    if (value === undefined || (Number.isInteger(value) && value >= least)) return []
    return [problem('out-of-range', 'error', field, `${field} is ${value}: it is a whole number from ${least}`)]
  })
}
