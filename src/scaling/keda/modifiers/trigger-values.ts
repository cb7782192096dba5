import type { TriggerHealth } from '../fallback.ts'
import type { FallbackSpec } from '../spec.ts'

export interface ModifierTriggerValuesInput {
  readonly triggers: readonly {
    /** Without a name a trigger cannot be used in a formula. */
    readonly name?: string
    readonly type?: string
    /** In the metric's own unit; absent: it could not be read. */
    readonly value?: number
    readonly health?: TriggerHealth
  }[]
  readonly fallback?: FallbackSpec
}

export interface ModifierTriggerValuesResult {
  /** What a formula computes with. */
  readonly values: Readonly<Record<string, number | null>>
  /** Triggers that have no value and are not nil either: while there is one, KEDA does not evaluate the formula. */
  readonly missing: readonly string[]
}

/**
 * Values by trigger name. With fallback behavior scalingModifiers a trigger that failed more often than `failureThreshold` is nil, so that
 * `??` can replace it; at the threshold it is still an error.
 * Upstream: pkg/scaling/modifiers/formula.go (scalingModifierTriggerValue, GetPairTriggerAndMetric).
 */
export function modifierTriggerValues({ triggers, fallback }: ModifierTriggerValuesInput): ModifierTriggerValuesResult {
  const values: Record<string, number | null> = Object.create(null)
  const missing: string[] = []
  for (const { name, type, value, health } of triggers) {
    if (type === 'cpu' || type === 'memory') continue
    const isNil = fallback?.behavior === 'scalingModifiers' && health !== undefined && health.numberOfFailures > fallback.failureThreshold
    if (!isNil && value === undefined) missing.push(name ?? type ?? 'a trigger without a name')
    else if (name !== undefined && name !== '') values[name] = isNil ? null : (value ?? null)
  }
  return { values: { ...values }, missing }
}
