import { describe, expect, test } from '@jest/globals'
import {
  evaluateModifiers,
  type GeneratedHpaMetric,
  hpaBounds,
  hpaMetrics,
  isActive,
  metricQuantity,
  metricTarget,
  modifierTriggerValues,
} from '../../../../src/scaling/index.ts'

test.each([
  [0, 0],
  [7, 7000],
  [7.1234, 7123],
  [7.1235, 7123], // in binary a little less than it looks
  [0.0005, 1],
  [0.0004, 0],
  // Exact halves of a thousandth go to the even neighbour: 0.0625 → 62.5, 0.1875 → 187.5.
  [0.0625, 62],
  [0.1875, 188],
  [100000.0625, 100000062],
  [-1, 0],
  [-0, 0],
  [Number.NaN, 0],
  [Number.POSITIVE_INFINITY, 0],
  [Number.NEGATIVE_INFINITY, 0],
  [1e16, 1e19],
])('%d is served as %d thousandths', (value, quantityMilli) => {
  expect(metricQuantity({ value })).toEqual({ quantityMilli })
})

describe('the target of a trigger', () => {
  test.each<[Parameters<typeof metricTarget>[0], GeneratedHpaMetric | string]>([
    [
      { triggerIndex: 0, triggerType: 'redis', metricName: 'redis-jobs', target: 5 },
      { source: 'External', name: 's0-redis-jobs', target: { type: 'AverageValue', averageValueMilli: 5000 } },
    ],
    [
      { triggerIndex: 2, triggerType: 'prometheus', metricName: 'prometheus', metricType: 'Value', target: 0.5 },
      { source: 'External', name: 's2-prometheus', target: { type: 'Value', valueMilli: 500 } },
    ],
    [
      { triggerIndex: 0, triggerType: 'redis', metricType: 'Utilization', target: 5 },
      'metricType Utilization is for cpu and memory only; redis takes AverageValue (the default) or Value',
    ],
    [
      { triggerIndex: 1, triggerType: 'cpu', metricType: 'Utilization', target: 60 },
      { source: 'Resource', name: 'cpu', target: { type: 'Utilization', averageUtilizationPercent: 60 } },
    ],
    [
      { triggerIndex: 1, triggerType: 'memory', metricType: 'AverageValue', target: 1024, containerName: 'app' },
      { source: 'ContainerResource', name: 'memory', container: 'app', target: { type: 'AverageValue', averageValueMilli: 1_024_000 } },
    ],
    [
      { triggerIndex: 1, triggerType: 'cpu', target: 60 },
      'metricType of a cpu trigger is missing: write Utilization (percent of the request) or AverageValue',
    ],
    [
      { triggerIndex: 1, triggerType: 'cpu', metricType: 'Value', target: 60 },
      'metricType of a cpu trigger is Value: write Utilization (percent of the request) or AverageValue',
    ],
    [
      { triggerIndex: 1, triggerType: 'cpu', metricType: 'Utilization', target: 60.5 },
      'value of a cpu trigger with metricType Utilization is a whole number of percent, not 60.5',
    ],
  ])('%j', (input, expected) => {
    const result = metricTarget(input)
    expect(result.ok ? result.metric : result.error).toEqual(expected)
  })
})

test('a formula replaces external metrics and keeps resource metrics', () => {
  const target = { type: 'AverageValue', averageValueMilli: 1000 } as const
  const external: GeneratedHpaMetric = { source: 'External', name: 's0-redis', target }
  const cpu: GeneratedHpaMetric = { source: 'Resource', name: 'cpu', target }
  const inContainer: GeneratedHpaMetric = { source: 'ContainerResource', name: 'cpu', container: 'app', target }
  expect(hpaMetrics({ metrics: [cpu, external, inContainer] }).metrics).toEqual([inContainer, external, cpu])
  expect(hpaMetrics({ metrics: [external, cpu, inContainer], modifiers: { target: 2.5 } })).toEqual({
    metrics: [cpu, { source: 'External', name: 'composite-metric', target: { type: 'AverageValue', averageValueMilli: 2500 } }],
    dropped: [inContainer],
  })
  expect(hpaMetrics({ metrics: [external], modifiers: { target: 2, metricType: 'Value' } }).metrics).toEqual([
    { source: 'External', name: 'composite-metric', target: { type: 'Value', valueMilli: 2000 } },
  ])
})

describe('bounds of the generated HPA', () => {
  test.each([
    [{}, 1, 100],
    [{ minReplicaCount: 0 }, 1, 100],
    [{ minReplicaCount: 3 }, 3, 100],
    [{ maxReplicaCount: 7 }, 1, 7],
    [{ minReplicaCount: 2, maxReplicaCount: 7 }, 2, 7],
  ])('%j: %d to %d', (input, minReplicas, maxReplicas) => {
    expect(hpaBounds(input)).toEqual({ minReplicas, maxReplicas })
  })

  test('behaviour is handed on, and absent stays absent', () => {
    expect(hpaBounds({ behavior: {} })).toEqual({ minReplicas: 1, maxReplicas: 100, behavior: {} })
    expect(hpaBounds({})).not.toHaveProperty('behavior')
  })

  test('a paused direction is Disabled and keeps its other settings', () => {
    const annotations = { 'autoscaling.keda.sh/paused-scale-in': 'true' }
    const behavior = { scaleDown: { stabilizationWindowSeconds: 60 }, scaleUp: { selectPolicy: 'Min' } } as const
    expect(hpaBounds({ annotations, behavior }).behavior).toEqual({
      scaleDown: { stabilizationWindowSeconds: 60, selectPolicy: 'Disabled' },
      scaleUp: { selectPolicy: 'Min' },
    })
    expect(hpaBounds({ annotations }).behavior).toEqual({ scaleDown: { selectPolicy: 'Disabled' } })
    expect(hpaBounds({ annotations: { 'autoscaling.keda.sh/paused-scale-out': '' } }).behavior).toEqual({
      scaleUp: { selectPolicy: 'Disabled' },
    })
  })
})

describe('values of a formula', () => {
  const failing = (numberOfFailures: number) => ({ numberOfFailures, status: 'Failing' }) as const
  const fallback = { failureThreshold: 3, replicas: 5, behavior: 'scalingModifiers' } as const

  test.each([
    ['no fallback', undefined, failing(9), 7],
    ['no health', fallback, undefined, 7],
    ['below the threshold', fallback, failing(2), 7],
    ['at the threshold', fallback, failing(3), 7],
    ['above the threshold', fallback, failing(4), null],
    ['healthy', fallback, { numberOfFailures: 0, status: 'Happy' } as const, 7],
    ['another behaviour', { ...fallback, behavior: 'static' } as const, failing(9), 7],
  ])('%s', (_name, used, health, expected) => {
    const triggers = [{ name: 'queue', value: 7, ...(health === undefined ? {} : { health }) }]
    expect(modifierTriggerValues({ triggers, ...(used === undefined ? {} : { fallback: used }) }).values).toEqual({ queue: expected })
  })

  test('what could not be read is missing; cpu and what has no name is left out', () => {
    const triggers = [
      { name: 'queue' },
      { type: 'redis', value: 4 },
      { name: 'http', value: 2 },
      { name: 'load', type: 'cpu', value: 9 },
      { type: 'kafka' },
    ]
    expect(modifierTriggerValues({ triggers })).toEqual({ values: { http: 2 }, missing: ['queue', 'kafka'] })
  })
})

describe('the composite', () => {
  test.each([
    ['a + b', { a: 2, b: 5 }, 7, 7000],
    ['count([a,b],{#>1}) > 1 ? 5 : 0', { a: 2, b: 5 }, 5, 5000],
    ['a / 3', { a: 2 }, 2 / 3, 666],
    ['a - b', { a: 2, b: 5 }, -3, 0],
    ['a / b', { a: 1, b: 0 }, Number.POSITIVE_INFINITY, 0],
    ['a ?? b ?? 8', { a: null, b: null }, 8, 8000],
    ['$env["my-queue"] * 2', { 'my-queue': 4 }, 8, 8000],
  ])('%s with %j is %d, served as %d thousandths', (formula, values, value, quantityMilli) => {
    expect(evaluateModifiers({ formula, values })).toEqual({ ok: true, value, quantityMilli, usedFallback: false })
  })

  test('nil becomes the fallback', () => {
    const values = { a: null, b: null }
    expect(evaluateModifiers({ formula: 'a ?? b', values, fallback: { replicas: 7 }, target: '2' })).toEqual({
      ok: true,
      value: 14,
      quantityMilli: 14_000,
      usedFallback: true,
    })
    expect(evaluateModifiers({ formula: 'a ?? b', values, fallback: { replicas: 7 }, target: 'x' })).toMatchObject({ ok: false })
    expect(evaluateModifiers({ formula: 'a ?? b', values })).toMatchObject({ ok: false })
  })
})

test('activity names what is active and what fails', () => {
  const result = isActive({
    triggers: [
      { name: 'a', value: 1 },
      { name: 'b', value: 0 },
      { name: 'c', error: 'x' },
      { name: 'd', error: 'y', inFallback: true },
    ],
  })
  expect(result).toMatchObject({ active: true, error: true, activeTriggers: ['a', 'd'], failingTriggers: ['c'], forced: false })
  expect(isActive({ triggers: [{ name: 'd', error: 'y', inFallback: true }], fallbackBehavior: 'scalingModifiers' }).active).toBe(false)
  expect(isActive({ triggers: [{ name: 'a', value: 1 }], modifiers: { composite: { value: 1 } } }).activeTriggers).toEqual([
    'composite-metric',
  ])
})
