import type { ScalePolicy, ScaleTrigger } from '../../src/model/scale-policy.ts'

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
