import type { TriggerReading } from '../../model/meter.ts'
import type { ScalePolicy, ScaleTrigger } from '../../model/scale-policy.ts'
import type { TriggerReading as AskedTrigger } from '../keda/activity.ts'
import { decideScaledObject } from '../keda/decide.ts'
import type { ScaledObjectSpec } from '../keda/spec.ts'
import type { ScaleCondition, ScalerDecision, ScalerInput } from './scaler-types.ts'
import { countFailures } from './trigger-health.ts'

/** The operator's poll: 0 and idle against the rest. Every `policy.pollMs`, and at once on demand. */
export function pollScaler(input: ScalerInput): ScalerDecision {
  const { policy, state, readings, replicas, nowMs } = input
  const { failures, inFallback } = countFailures(policy, readings, state.failures)
  const decision = decideScaledObject({
    spec: specOf(policy),
    triggers: policy.triggers.map((trigger) => asked(trigger, findReading(readings, trigger.name), inFallback)),
    currentReplicas: replicas,
    createdAtMs: state.createdAtMs,
    nowMs,
    ...(policy.annotations === undefined ? {} : { annotations: policy.annotations }),
    ...(state.lastActiveAtMs === undefined ? {} : { lastActiveAtMs: state.lastActiveAtMs }),
    ...(state.paused === undefined ? {} : { pausedBefore: state.paused }),
  })
  const { lastActiveAtMs, limitedBy, wakeAtMs } = decision
  const paused = decision.conditions.some(({ type, status }) => type === 'Paused' && status === 'True')
  return {
    replicas: decision.replicas,
    state: { ...state, active: decision.active, failures, paused, ...(lastActiveAtMs === undefined ? {} : { lastActiveAtMs }) },
    trail: decision.trail,
    conditions: decision.conditions.map((condition): ScaleCondition => ({ by: 'keda', ...condition })),
    active: decision.activeTriggers,
    proposals: [],
    ...(limitedBy === undefined ? {} : { limitedBy }),
    ...(wakeAtMs === undefined ? {} : { wakeAtMs }),
  }
}

/** Durations of a policy are milliseconds, those of a ScaledObject seconds. */
function specOf({ min, max, idle, pollMs, cooldownMs, initialCooldownMs, fallback }: ScalePolicy): ScaledObjectSpec {
  return {
    minReplicaCount: min,
    maxReplicaCount: max,
    pollingIntervalSeconds: pollMs / 1000,
    cooldownPeriodSeconds: cooldownMs / 1000,
    initialCooldownPeriodSeconds: initialCooldownMs / 1000,
    ...(idle === undefined ? {} : { idleReplicaCount: idle }),
    ...(fallback === undefined ? {} : { fallback }),
  }
}

function asked(trigger: ScaleTrigger, reading: TriggerReading | undefined, inFallback: ReadonlySet<string>): AskedTrigger {
  const { name, activation } = trigger
  if (trigger.from.by === 'engine') return { name, resource: true }
  const value = reading?.activationValue ?? reading?.value ?? reading?.metrics?.[0]?.value
  return {
    name,
    activationThreshold: activation,
    ...(value === undefined ? {} : { value }),
    ...(reading?.active === undefined ? {} : { active: reading.active }),
    ...(reading === undefined ? { error: 'it was not read' } : reading.error === undefined ? {} : { error: reading.error }),
    ...(inFallback.has(name) ? { inFallback: true } : {}),
  }
}

function findReading(readings: readonly TriggerReading[], name: string): TriggerReading | undefined {
  for (const reading of readings) if (reading.trigger === name) return reading
  return undefined
}
