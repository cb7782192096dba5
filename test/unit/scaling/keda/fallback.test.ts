import { describe, expect, test } from '@jest/globals'
import {
  countFailure,
  type FallbackBehavior,
  fallbackIsUsable,
  fallbackValue,
  type ServeMetricInput,
  serveComposite,
  serveMetric,
  type TriggerHealth,
} from '../../../../src/scaling/index.ts'

describe('the substitute', () => {
  // failureThreshold does not matter here; target 10, replicas of the fallback 5.
  test.each<[FallbackBehavior | undefined, 'AverageValue' | 'Value' | undefined, number, number, number | undefined]>([
    [undefined, undefined, 3, 3, 50_000],
    ['static', undefined, 9, 9, 50_000],
    ['currentReplicas', undefined, 3, 3, 30_000],
    ['currentReplicas', undefined, 0, 0, 0],
    ['currentReplicasIfHigher', undefined, 3, 3, 50_000],
    ['currentReplicasIfHigher', undefined, 7, 7, 70_000],
    ['currentReplicasIfLower', undefined, 3, 3, 30_000],
    ['currentReplicasIfLower', undefined, 7, 7, 50_000],
    // Value: the HPA multiplies with ready pods, so it is divided by them: 50 ÷ 4 = 12.5, 50 ÷ 3 = 16.666… cut off.
    ['static', 'Value', 9, 4, 12_500],
    ['static', 'Value', 9, 3, 16_666],
    ['static', 'Value', 9, 0, undefined],
    ['scalingModifiers', undefined, 3, 3, undefined],
  ])('%s, %s, %d replicas of which %d ready: %s', (behavior, metricType, currentReplicas, readyReplicas, expected) => {
    const result = fallbackValue({
      fallback: { failureThreshold: 3, replicas: 5, ...(behavior === undefined ? {} : { behavior }) },
      ...(metricType === undefined ? {} : { metricType }),
      target: 10,
      currentReplicas,
      readyReplicas,
    })
    expect(result.ok ? result.quantityMilli : undefined).toBe(expected)
  })

  test('says why, and why not', () => {
    const fallback = { failureThreshold: 3, replicas: 5 }
    expect(fallbackValue({ fallback, target: 2.5, currentReplicas: 1, readyReplicas: 1 })).toMatchObject({
      because: 'fallback static: 5 replicas × target 2.5',
    })
    expect(fallbackValue({ fallback, target: 10, currentReplicas: 1, readyReplicas: 0, metricType: 'Value' })).toEqual({
      ok: false,
      error: 'metricType Value needs a ready replica to fall back, and none is ready',
    })
  })
})

describe('failures are counted', () => {
  const fallback = { failureThreshold: 3, replicas: 5 }

  test('the substitute comes above the threshold, not at it, and one success ends it', () => {
    let health: TriggerHealth | undefined
    const seen: string[] = []
    for (const failed of [true, true, true, true, true, false, true]) {
      const result = countFailure({ ...(health === undefined ? {} : { health }), failed, fallback })
      health = result.health
      seen.push(`${health?.numberOfFailures} ${health?.status} ${result.inFallback}`)
    }
    expect(seen).toEqual([
      '1 Failing false',
      '2 Failing false',
      '3 Failing false',
      '4 Failing true',
      '5 Failing true',
      '0 Happy false',
      '1 Failing false',
    ])
  })

  test('a threshold of 0 falls back at the first failure', () => {
    expect(countFailure({ failed: true, fallback: { failureThreshold: 0, replicas: 1 } }).inFallback).toBe(true)
  })

  test('without a usable fallback nothing is counted', () => {
    const health: TriggerHealth = { numberOfFailures: 2, status: 'Failing' }
    expect(countFailure({ failed: true, health })).toEqual({ health, inFallback: false })
    expect(countFailure({ failed: true, health, fallback: { failureThreshold: -1, replicas: 3 } })).toEqual({ health, inFallback: false })
    expect(countFailure({ failed: false, health })).toEqual({ health, inFallback: false })
  })

  test.each([
    ['2', true],
    [2, true],
    ['+2', true],
    ['0', false],
    ['2.5', false],
    ['two', false],
    [undefined, false],
  ])('with a formula, the target %j makes a fallback usable: %s', (target, usable) => {
    expect(fallbackIsUsable({ fallback, modifiers: target === undefined ? {} : { target } }).usable).toBe(usable)
  })
})

describe('one reading is served', () => {
  const base: ServeMetricInput = {
    metricName: 's0-redis',
    target: 10,
    currentReplicas: 2,
    readyReplicas: 2,
    fallback: { failureThreshold: 1, replicas: 4 },
  }
  const failing: TriggerHealth = { numberOfFailures: 1, status: 'Failing' }

  test.each<[string, ServeMetricInput, Record<string, unknown>]>([
    ['its value', { ...base, value: 7.1234, health: failing }, { serves: 'value', quantityMilli: 7123, health: { numberOfFailures: 0 } }],
    ['an error below the threshold', { ...base, error: 'refused' }, { serves: 'error', error: 'refused', health: { numberOfFailures: 1 } }],
    [
      'the fallback above it',
      { ...base, error: 'refused', health: failing },
      { serves: 'fallback', quantityMilli: 40_000, health: { numberOfFailures: 2 } },
    ],
    [
      'an error without a fallback',
      { metricName: 'a', target: 1, currentReplicas: 1, readyReplicas: 1 },
      { serves: 'error', error: 'no value came' },
    ],
    ['the fallback for Value', { ...base, metricType: 'Value', health: failing }, { serves: 'fallback', quantityMilli: 20_000 }],
    [
      'an error for Value without a ready replica',
      { ...base, metricType: 'Value', health: failing, readyReplicas: 0 },
      { serves: 'error' },
    ],
    [
      'the fallback of the formula',
      { ...base, modifiers: { target: '3', metricType: 'AverageValue' }, health: failing },
      { serves: 'fallback', quantityMilli: 12_000 },
    ],
    [
      'nil',
      { ...base, modifiers: { target: 3 }, fallback: { failureThreshold: 1, replicas: 4, behavior: 'scalingModifiers' }, health: failing },
      { serves: 'nil' },
    ],
  ])('%s', (_name, input, expected) => {
    expect(serveMetric(input)).toMatchObject(expected)
  })
})

describe('a composite is served', () => {
  const value = (quantityMilli: number) => ({ serves: 'value', quantityMilli, because: '' }) as const
  const modifiers = { formula: '(queue ?? http) * 2', target: '10' }
  const fallback = { failureThreshold: 1, replicas: 4, behavior: 'scalingModifiers' } as const
  const nil = { serves: 'nil', because: '' } as const

  test.each([
    ['of values', [value(1500), value(9000)], { serves: 'value', quantityMilli: 3000 }],
    ['with nil replaced', [nil, value(9000)], { serves: 'value', quantityMilli: 18_000 }],
    [
      'never while a trigger errs',
      [value(1500), { serves: 'error', error: 'refused' } as const],
      { serves: 'error', error: 'http: refused' },
    ],
    [
      'from the first fallback',
      [value(1500), { serves: 'fallback', quantityMilli: 7000, because: 'f' } as const],
      { serves: 'fallback', quantityMilli: 7000 },
    ],
  ])('%s', (_name, [queue, http], expected) => {
    const metrics = [queue, http].map((served, index) => ({ triggerName: index === 0 ? 'queue' : 'http', served: served ?? nil }))
    expect(serveComposite({ modifiers, fallback, metrics })).toMatchObject(expected)
  })

  test('nil means fallback.replicas × target', () => {
    const metrics = [{ triggerName: 'queue', served: nil }]
    expect(serveComposite({ modifiers: { formula: 'queue ?? nil', target: '10' }, fallback, metrics })).toMatchObject({
      serves: 'fallback',
      quantityMilli: 40_000,
    })
  })

  test('a formula that fails is an error with its place', () => {
    const metrics = [{ triggerName: 'queue', served: value(0) }]
    expect(serveComposite({ modifiers: { formula: '1 % int(queue)', target: 1 }, metrics })).toEqual({
      serves: 'error',
      error: 'the formula failed at column 3: "%" divides by zero',
    })
  })
})
