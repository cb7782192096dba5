import type { ScaleModifiers, ScalePolicy, ScaleTrigger } from '../../model/scale-policy.ts'
import type { TriggerReading as AskedTrigger } from '../keda/activity.ts'
import { type DecideScaledObjectInput, decideScaledObject } from '../keda/decide.ts'
import type { ServeCompositeResult } from '../keda/serve-metric.ts'
import type { ScaledObjectSpec } from '../keda/spec.ts'
import type { ScaleCondition, ScalerDecision, ScalerInput } from './scaler-types.ts'
import { isReplaced, type ServedTrigger, serveTriggers } from './serve-triggers.ts'

/** The operator's poll: 0 and idle against the rest. Every `policy.pollMs`, and at once on demand. */
export function pollScaler(input: ScalerInput): ScalerDecision {
  const { policy, state, replicas, nowMs } = input
  const seenActiveAtMs = lastSeenActive(input)
  const { triggers, composite, failures } = serveTriggers(input)
  const served = new Map(triggers.map((entry) => [entry.trigger.name, entry]))
  const decision = decideScaledObject({
    spec: specOf(policy),
    triggers: policy.triggers.map((trigger) => asked(trigger, served.get(trigger.name))),
    currentReplicas: replicas,
    createdAtMs: state.createdAtMs,
    nowMs,
    ...(policy.modifiers === undefined || composite === undefined ? {} : { modifiers: modifiersOf(policy.modifiers, composite) }),
    ...(policy.annotations === undefined ? {} : { annotations: policy.annotations }),
    ...(seenActiveAtMs === undefined ? {} : { lastActiveAtMs: seenActiveAtMs }),
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

/** As the stream of a push scaler tells of activity between two polls. */
function lastSeenActive({ state, readings }: ScalerInput): number | undefined {
  let last = state.lastActiveAtMs
  for (const { seenActiveAtMs } of readings)
    if (seenActiveAtMs !== undefined && (last === undefined || seenActiveAtMs > last)) last = seenActiveAtMs
  return last
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

function modifiersOf(
  { activationTarget }: ScaleModifiers,
  composite: ServeCompositeResult,
): NonNullable<DecideScaledObjectInput['modifiers']> {
  return {
    activationTarget,
    composite: composite.serves === 'error' ? { error: composite.error } : { value: composite.quantityMilli / 1000 },
  }
}

function asked(trigger: ScaleTrigger, entry: ServedTrigger | undefined): AskedTrigger {
  const { name, activation } = trigger
  if (entry === undefined) return { name, resource: true }
  const { reading } = entry
  const value = reading?.activationValue ?? reading?.value ?? reading?.metrics?.[0]?.value
  const error = reading === undefined ? 'it was not read' : reading.error
  return {
    name,
    activationThreshold: activation,
    ...(value === undefined ? {} : { value }),
    ...(reading?.active === undefined ? {} : { active: reading.active }),
    ...(error === undefined ? {} : { error }),
    ...(isReplaced(entry) ? { inFallback: true } : {}),
  }
}
