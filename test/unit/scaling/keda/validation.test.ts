import { describe, expect, test } from '@jest/globals'
import {
  type FallbackSpec,
  type ScaledObjectSpec,
  type ScalingModifiersSpec,
  type TriggerSpec,
  type ValidationResult,
  validateBounds,
  validateFallback,
  validateModifiers,
  validateTriggers,
  webhookWarnings,
} from '../../../../src/scaling/index.ts'

const redis: TriggerSpec = { type: 'redis', name: 'queue' }
const http: TriggerSpec = { type: 'external-push', name: 'http' }
const cpu: TriggerSpec = { type: 'cpu', name: 'load', metricType: 'Utilization' }

function rules({ problems }: ValidationResult): string {
  return problems.map(({ severity, rule }) => (severity === 'error' ? rule : `(${rule})`)).join(' ')
}

describe('bounds', () => {
  test.each<[ScaledObjectSpec, string]>([
    [{}, ''],
    [{ minReplicaCount: 1, maxReplicaCount: 5 }, ''],
    [{ minReplicaCount: 5, maxReplicaCount: 5 }, ''],
    [{ minReplicaCount: 1, maxReplicaCount: 5, idleReplicaCount: 0 }, ''],
    [{ minReplicaCount: 2, maxReplicaCount: 1 }, 'min-above-max'],
    [{ minReplicaCount: 101 }, 'min-above-max'],
    [{ minReplicaCount: 1, idleReplicaCount: 1 }, 'idle-not-below-min'],
    [{ minReplicaCount: 1, idleReplicaCount: 2 }, 'idle-not-below-min'],
    [{ idleReplicaCount: 0 }, 'idle-not-below-min'],
    // A written 0 counts as 1 there.
    [{ minReplicaCount: 0, idleReplicaCount: 0 }, ''],
    [{ minReplicaCount: 3, idleReplicaCount: 1 }, '(idle-not-zero)'],
    [{ maxReplicaCount: 0 }, 'out-of-range'],
    [{ minReplicaCount: -1 }, 'out-of-range'],
    [{ minReplicaCount: 1.5 }, 'out-of-range'],
    [{ pollingIntervalSeconds: 0 }, 'out-of-range'],
    [{ pollingIntervalSeconds: 1, cooldownPeriodSeconds: 0, initialCooldownPeriodSeconds: 0 }, ''],
    [{ cooldownPeriodSeconds: -1, initialCooldownPeriodSeconds: -1 }, 'out-of-range out-of-range'],
  ])('%j: %s', (spec, expected) => {
    expect(rules(validateBounds({ spec }))).toBe(expected)
  })

  test.each<[readonly TriggerSpec[], number | undefined, string]>([
    [[cpu], undefined, 'resource-only-to-zero'],
    [[cpu], 0, 'resource-only-to-zero'],
    [[cpu, { type: 'memory' }], 0, 'resource-only-to-zero'],
    [[cpu], 1, ''],
    [[cpu, redis], 0, ''],
  ])('%j with minReplicaCount %s: %s', (triggers, min, expected) => {
    expect(rules(validateBounds({ spec: min === undefined ? {} : { minReplicaCount: min }, triggers }))).toBe(expected)
  })

  test('says both numbers', () => {
    expect(validateBounds({ spec: { minReplicaCount: 101 } }).problems[0]?.message).toBe(
      'minReplicaCount (101) is larger than maxReplicaCount (100 (the default))',
    )
    expect(validateBounds({ spec: { idleReplicaCount: 0 } }).problems[0]?.message).toBe(
      'idleReplicaCount (0) must be less than minReplicaCount (0)',
    )
  })
})

describe('fallback', () => {
  const good: FallbackSpec = { failureThreshold: 3, replicas: 6 }
  test.each<[string, FallbackSpec | undefined, readonly TriggerSpec[], ScalingModifiersSpec | undefined, string]>([
    ['none', undefined, [cpu], undefined, ''],
    ['average value', good, [redis], undefined, ''],
    ['Value', good, [{ ...redis, metricType: 'Value' }], undefined, ''],
    ['cpu and another', good, [cpu, redis], undefined, ''],
    ['cpu only', good, [cpu], undefined, 'fallback-resource-only'],
    ['memory only', good, [{ type: 'memory' }], undefined, 'fallback-resource-only'],
    ['cpu only with a formula', good, [cpu], { formula: '1', target: '2' }, ''],
    ['a negative threshold', { ...good, failureThreshold: -1 }, [redis], undefined, 'fallback-out-of-range'],
    ['negative replicas', { ...good, replicas: -1 }, [redis], undefined, 'fallback-out-of-range'],
    ['zeros', { failureThreshold: 0, replicas: 0 }, [redis], undefined, ''],
    ['an unknown behaviour', { ...good, behavior: 'dynamic' as never }, [redis], undefined, 'fallback-behavior'],
    ['nil without a formula', { ...good, behavior: 'scalingModifiers' }, [redis], undefined, 'fallback-without-formula'],
    ['nil with a formula', { ...good, behavior: 'scalingModifiers' }, [redis], { formula: 'queue ?? 5', target: '2' }, ''],
    ['a target that is not whole', good, [redis], { formula: 'queue', target: '2.5' }, '(fallback-never-used)'],
  ])('%s', (_name, fallback, triggers, modifiers, expected) => {
    const input = { triggers, ...(fallback === undefined ? {} : { fallback }), ...(modifiers === undefined ? {} : { modifiers }) }
    expect(rules(validateFallback(input))).toBe(expected)
  })
})

describe('triggers', () => {
  test.each<[readonly TriggerSpec[], string]>([
    [[], 'no-triggers'],
    [[redis, http, cpu], ''],
    [[{ type: 'redis' }, { type: 'redis' }], ''],
    [[redis, { type: 'kafka', name: 'queue' }], 'trigger-name'],
    [[{ ...redis, useCachedMetrics: true }], ''],
    [[{ ...cpu, useCachedMetrics: true }], 'cached-metrics'],
    [[{ type: 'memory', metricType: 'AverageValue', useCachedMetrics: true }], 'cached-metrics'],
    [[{ type: 'cron', useCachedMetrics: true }], 'cached-metrics'],
    [[{ type: 'cron', useCachedMetrics: false }], ''],
    [[{ type: 'redis', metricType: 'Utilization' }], 'metric-type'],
    [[{ type: 'cpu' }], 'metric-type'],
    [[{ type: 'cpu', metricType: 'Value' }], 'metric-type'],
  ])('%j: %s', (triggers, expected) => {
    expect(rules(validateTriggers({ triggers }))).toBe(expected)
  })
})

describe('modifiers', () => {
  test.each<[string, ScalingModifiersSpec, readonly TriggerSpec[], string]>([
    ['a sum', { formula: 'queue + http', target: '2' }, [redis, http], ''],
    ['a number as target', { formula: 'queue + http', target: 2 }, [redis, http], ''],
    ['a formula that casts by itself', { formula: 'float(queue + 1)', target: '2' }, [redis], ''],
    ['a choice', { formula: 'queue < 5 ? http + queue : 5', target: '2' }, [redis, http], ''],
    ['a count', { formula: 'count([queue,http],{#>1}) > 1 ? 5 : 0', target: '2' }, [redis, http], ''],
    ['choices in choices', { formula: 'float(queue < 2 ? queue+http >= 2 ? 5 : 10 : 0)', target: '2' }, [redis, http], ''],
    ['two casts', { formula: 'float(float(queue < 5 ? queue + http : 5))', target: '2' }, [redis, http], ''],
    ['nil', { formula: 'queue ?? http ?? 5', target: '2' }, [redis, http], ''],
    ['no formula', { target: '2' }, [redis], 'formula-missing'],
    ['no target', { formula: 'queue' }, [redis], 'target-missing'],
    ['a target of 0', { formula: 'queue', target: '0' }, [redis], 'target'],
    ['a negative target', { formula: 'queue', target: '-1' }, [redis], 'target'],
    ['a target in words', { formula: 'queue', target: 'two' }, [redis], 'target'],
    ['an activation target in words', { formula: 'queue', target: '1', activationTarget: 'x' }, [redis], 'activation-target'],
    ['a negative activation target', { formula: 'queue', target: '1', activationTarget: '-2.5' }, [redis], ''],
    ['Utilization', { formula: 'queue', target: '1', metricType: 'Utilization' }, [redis], 'metric-type'],
    ['an unknown name', { formula: 'quue', target: '1' }, [redis], 'formula'],
    [
      'names that are missing',
      { formula: 'queue + http', target: '1' },
      [{ type: 'redis' }, { type: 'x' }],
      'formula (trigger-unnamed) (trigger-unnamed)',
    ],
    ['a trigger without a name that is not used', { formula: 'queue + 1', target: '1' }, [redis, { type: 'cron' }], '(trigger-unnamed)'],
    ['cpu in it', { formula: 'queue + load', target: '1' }, [redis, cpu], 'formula'],
    ['cpu beside it', { formula: 'queue', target: '1' }, [redis, cpu], ''],
    [
      'a name with a dash',
      { formula: '$env["my-queue"]', target: '1' },
      [{ type: 'redis', name: 'my-queue' }],
      '(trigger-name-unreadable)',
    ],
    ['a name that is a word', { formula: '$env["in"]', target: '1' }, [{ type: 'redis', name: 'in' }], '(trigger-name-unreadable)'],
    // It is tried with -1 for each trigger.
    ['a formula that fails when tried', { formula: '[1][int(queue) + 3]', target: '1' }, [redis], 'formula'],
    ['a cast that ends too early', { formula: 'float(queue) > 1 ? 2 : 3', target: '1' }, [redis], '(formula-no-float)'],
    ['a cast that is compared', { formula: 'float(queue) > 1', target: '1' }, [redis], '(formula-no-float)'],
  ])('%s', (_name, modifiers, triggers, expected) => {
    expect(rules(validateModifiers({ modifiers, triggers }))).toBe(expected)
  })

  test('says where, what and what would be right', () => {
    const [problem] = validateModifiers({ modifiers: { formula: 'queue +\n quue', target: '1' }, triggers: [redis] }).problems
    expect(problem).toEqual({
      rule: 'formula',
      severity: 'error',
      field: 'advanced.scalingModifiers.formula',
      message: 'formula, line 2, column 2: no trigger is named "quue"',
      hint: 'did you mean "queue"?',
    })
    const [load] = validateModifiers({ modifiers: { formula: 'queue + load', target: '1' }, triggers: [redis, cpu] }).problems
    expect(load?.hint).toBe('it is a cpu trigger, which a formula cannot use: the HPA reads it by itself')
  })

  test('nil needs its replacement', () => {
    const fallback = { failureThreshold: 3, replicas: 1, behavior: 'scalingModifiers' } as const
    expect(rules(validateModifiers({ modifiers: { formula: 'queue', target: '1' }, triggers: [redis], fallback }))).toBe(
      '(formula-without-nil)',
    )
    expect(rules(validateModifiers({ modifiers: { formula: 'queue ?? 1', target: '1' }, triggers: [redis], fallback }))).toBe('')
  })
})

describe('settings without effect', () => {
  const cached: TriggerSpec = { ...redis, useCachedMetrics: true }
  test.each<[ScaledObjectSpec, readonly TriggerSpec[], string]>([
    [{ pollingIntervalSeconds: 10, minReplicaCount: 1 }, [redis], 'polling-interval-unused'],
    [{ pollingIntervalSeconds: 10, minReplicaCount: 3, idleReplicaCount: 1 }, [redis], ''],
    [{ pollingIntervalSeconds: 10, minReplicaCount: 3, idleReplicaCount: 0 }, [redis], ''],
    [{ pollingIntervalSeconds: 10, minReplicaCount: 1 }, [cached], ''],
    [{ pollingIntervalSeconds: 10, minReplicaCount: 0 }, [redis], ''],
    [{ pollingIntervalSeconds: 10 }, [redis], ''],
    [{ minReplicaCount: 1 }, [redis], ''],
    [{ cooldownPeriodSeconds: 10, minReplicaCount: 1 }, [redis], 'cooldown-period-unused'],
    [{ cooldownPeriodSeconds: 10, minReplicaCount: 1 }, [cached], 'cooldown-period-unused'],
    [{ cooldownPeriodSeconds: 10, minReplicaCount: 3, idleReplicaCount: 0 }, [redis], ''],
    [
      { cooldownPeriodSeconds: 10, pollingIntervalSeconds: 10, minReplicaCount: 1 },
      [redis],
      'polling-interval-unused cooldown-period-unused',
    ],
  ])('%j', (spec, triggers, expected) => {
    expect(
      webhookWarnings({ spec, triggers })
        .warnings.map(({ rule }) => rule)
        .join(' '),
    ).toBe(expected)
  })
})
