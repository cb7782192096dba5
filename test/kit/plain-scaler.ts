import type { ScalePolicy, ScaleTrigger } from '../../src/model/scale-policy.ts'
import type { ScalerDecision, ScalerInput, ScalerState } from '../../src/scaling/scaler/scaler-types.ts'
import type { Scaler } from '../../src/simulate/run/scaler-port.ts'

interface Memory {
  readonly wishes: readonly { readonly count: number; readonly atMs: number }[]
}

const WINDOW_MS = 300_000

/** A scaler for tests of what drives one: activation with a cool-down, AverageValue metrics, and the HPA without `behavior`; nothing else. */
export const plainScaler: Scaler = {
  initial: ({ nowMs }) => ({ createdAtMs: nowMs, active: false, failures: {}, hpa: { wishes: [] } satisfies Memory }),
  poll: (input) => {
    const { policy, state, replicas, nowMs } = input
    const active = input.readings.flatMap(({ trigger, value = 0, active: said }) => {
      const declared = policy.triggers.find(({ name }) => name === trigger)
      return (said ?? value > (declared?.activation ?? 0)) ? [trigger] : []
    })
    const decide = (count: number, because: string, more: Partial<ScalerDecision> = {}, lastActiveAtMs = state.lastActiveAtMs) =>
      decision(input, count, because, {
        ...more,
        active,
        state: { ...state, active: active.length > 0, ...(lastActiveAtMs === undefined ? {} : { lastActiveAtMs }) },
      })
    if (active.length > 0) return decide(replicas === 0 ? Math.max(1, policy.min) : replicas, `${active.join(', ')} active`, {}, nowMs)
    if (policy.min > 0 || replicas === 0) return decide(replicas, 'nothing active')
    const since = state.lastActiveAtMs ?? state.createdAtMs
    const cooldown = state.lastActiveAtMs === undefined ? policy.initialCooldownMs : policy.cooldownMs
    if (since + cooldown < nowMs) return decide(0, `nothing active for ${cooldown / 1000} s`)
    return decide(replicas, `cooling down until ${cooldown / 1000} s have passed`, { limitedBy: 'cooldown' })
  },
  sync: (input) => {
    const { policy, state, replicas, statusReplicas, nowMs } = input
    const proposals = input.readings.map(({ trigger, value = 0 }) => {
      const { target } = policy.triggers.find(({ name }) => name === trigger) as ScaleTrigger
      const ratio = value / (target * statusReplicas)
      return { metric: trigger, value, target, replicas: ratio >= 0.9 && ratio <= 1.1 ? statusReplicas : Math.ceil(value / target) }
    })
    const wish = Math.max(...proposals.map((proposal) => proposal.replicas))
    const wishes = (state.hpa as Memory).wishes.filter(({ atMs }) => atMs >= nowMs - WINDOW_MS)
    const stabilised = Math.max(wish, ...wishes.map(({ count }) => count), ...((state.hpa as Memory).wishes.length === 0 ? [replicas] : []))
    const limit = Math.min(policy.max, Math.max(2 * replicas, 4))
    const count = Math.max(Math.max(1, policy.min), Math.min(stabilised, limit))
    const first = (state.hpa as Memory).wishes.length === 0 ? [{ count: replicas, atMs: nowMs }] : []
    const next: Memory = { wishes: [...wishes, ...first, { count: wish, atMs: nowMs }] }
    const text = proposals.map(({ metric, value, target }) => `${metric} ${value} at target ${target}`).join(', ')
    const limitedBy =
      stabilised > limit
        ? limit === policy.max
          ? 'max'
          : 'rate'
        : stabilised > wish
          ? 'stabilisation'
          : count > stabilised
            ? 'min'
            : undefined
    const why = limitedBy === 'stabilisation' ? `, the highest wish of the last 300 s is ${stabilised}` : ''
    return decision(input, count, text + why, {
      proposals,
      state: { ...state, hpa: next },
      ...(limitedBy === undefined ? {} : { limitedBy }),
    })
  },
}

function decision(
  input: ScalerInput,
  replicas: number,
  because: string,
  more: Partial<ScalerDecision> & { state: ScalerState },
): ScalerDecision {
  return {
    replicas,
    trail: [{ stage: more.proposals === undefined ? 'activation' : 'metric', from: input.replicas, to: replicas, because }],
    conditions: [],
    active: [],
    proposals: [],
    ...more,
  }
}

/** An http trigger as the edge counts it. */
export function httpTrigger(
  options: {
    readonly target?: number
    readonly metric?: 'concurrency' | 'requestRate'
    readonly windowMs?: number
    readonly average?: boolean
    readonly activation?: number
  } = {},
): ScaleTrigger {
  return {
    name: 's0-http',
    named: false,
    type: 'http',
    metadata: {},
    metricType: 'AverageValue',
    target: options.target ?? 10,
    activation: options.activation ?? 0,
    useCachedMetrics: false,
    from: { by: 'edge', metric: options.metric ?? 'concurrency', windowMs: options.windowMs ?? 60_000, average: options.average ?? false },
    auth: {},
    origin: { file: 'app.yaml', doc: 0, path: [] },
  }
}

/** A trigger that looks at a queue. */
export function queueTrigger(
  options: { readonly target?: number; readonly type?: string; readonly useCachedMetrics?: boolean } = {},
): ScaleTrigger {
  return {
    ...httpTrigger({ target: options.target ?? 5 }),
    name: 's0-queue',
    type: options.type ?? 'rabbitmq',
    useCachedMetrics: options.useCachedMetrics ?? false,
    from: { by: 'meter', push: false },
  }
}

export function aPolicy(triggers: readonly ScaleTrigger[], more: Partial<ScalePolicy> = {}): ScalePolicy {
  return { min: 0, max: 100, initial: 0, triggers, pollMs: 30_000, cooldownMs: 300_000, initialCooldownMs: 0, ...more }
}
