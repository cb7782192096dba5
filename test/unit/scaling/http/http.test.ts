import { describe, expect, test } from '@jest/globals'
import { type HttpMetricsInput, httpMetrics } from '../../../../src/scaling/http/activity.ts'
import { interceptorDeltas } from '../../../../src/scaling/http/counters.ts'
import { httpScaledObject } from '../../../../src/scaling/http/generated-scaled-object.ts'

describe('counters of interceptors', () => {
  test('in flight is summed, requests are differences', () => {
    const counts = [
      { interceptor: 'a', concurrency: 3, requestCount: 110 },
      { interceptor: 'b', concurrency: 4, requestCount: 55 },
    ]
    expect(interceptorDeltas({ counts, previous: { a: 100, b: 50 } })).toEqual({
      concurrency: 7,
      requests: 15,
      previous: { a: 110, b: 55 },
    })
  })

  test.each([
    ['a new interceptor adds no requests', 900, {}, 0],
    ['a counter that went back counts in full', 12, { a: 100 }, 12],
    ['one that stood still adds none', 100, { a: 100 }, 0],
    ['one that has gone is forgotten', 100, { a: 100, gone: 7 }, 0],
  ])('%s', (_, requestCount, previous, requests) => {
    const counts = [{ interceptor: 'a', concurrency: 1, requestCount }]
    expect(interceptorDeltas({ counts, previous })).toEqual({ concurrency: 1, requests, previous: { a: requestCount } })
  })
})

describe('metrics', () => {
  const load = { concurrency: 7, requestRate: 12.25 }

  test.each<[string, Omit<HttpMetricsInput, 'concurrency' | 'requestRate'>, [string, number, number][]]>([
    ['an HTTPScaledObject counts requests in flight', { kind: 'HTTPScaledObject' }, [['concurrency', 7, 100]]],
    ['with its old target', { kind: 'HTTPScaledObject', targetPendingRequests: 20 }, [['concurrency', 7, 20]]],
    [
      'the new target wins',
      { kind: 'HTTPScaledObject', targetPendingRequests: 20, scalingMetric: { concurrency: { targetValue: 5 } } },
      [['concurrency', 7, 5]],
    ],
    ['its rate is whole', { kind: 'HTTPScaledObject', scalingMetric: { requestRate: { targetValue: 5 } } }, [['requestRate', 13, 5]]],
    [
      'of both the rate is taken',
      { kind: 'HTTPScaledObject', scalingMetric: { requestRate: {}, concurrency: { targetValue: 5 } } },
      [['requestRate', 13, 100]],
    ],
    [
      'an InterceptorRoute gives both, with fractions',
      { kind: 'InterceptorRoute', scalingMetric: { requestRate: { targetValue: 5 }, concurrency: { targetValue: 2 } } },
      [
        ['concurrency', 7, 2],
        ['requestRate', 12.25, 5],
      ],
    ],
  ])('%s', (_, input, expected) => {
    const { metrics, active } = httpMetrics({ ...input, ...load })
    expect(metrics.map(({ metric, value, targetValue }) => [metric, value, targetValue])).toEqual(expected)
    expect(active).toBe(true)
  })

  test.each<[HttpMetricsInput, boolean]>([
    [{ kind: 'HTTPScaledObject', concurrency: 0, requestRate: 9 }, false],
    [{ kind: 'HTTPScaledObject', concurrency: 1, requestRate: 0 }, true],
    [{ kind: 'HTTPScaledObject', scalingMetric: { requestRate: {} }, concurrency: 1, requestRate: 0 }, false],
    [{ kind: 'HTTPScaledObject', scalingMetric: { requestRate: {} }, concurrency: 0, requestRate: 0.017 }, true],
    [{ kind: 'InterceptorRoute', scalingMetric: { requestRate: {}, concurrency: {} }, concurrency: 1, requestRate: 0 }, true],
    [{ kind: 'InterceptorRoute', concurrency: 1, requestRate: 1 }, false],
  ])('%j is active: %s', (input, expected) => {
    expect(httpMetrics(input).active).toBe(expected)
  })
})

test('the generated ScaledObject', () => {
  expect(httpScaledObject({ name: 'shop', scaleTargetRef: { name: 'web' }, scalerAddress: 'scaler:9090' })).toEqual({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    pollingInterval: 15,
    cooldownPeriod: 300,
    initialCooldownPeriod: 0,
    minReplicaCount: 0,
    maxReplicaCount: 100,
    advanced: { restoreToOriginalReplicaCount: true },
    triggers: [{ type: 'external-push', metadata: { scalerAddress: 'scaler:9090', httpScaledObject: 'shop' } }],
  })
  const written = { replicas: { min: 1, max: 7 }, scaledownPeriod: 30, initialCooldownPeriod: 9 }
  expect(httpScaledObject({ name: 'shop', scaleTargetRef: { name: 'web' }, scalerAddress: 'scaler:9090', ...written })).toMatchObject({
    pollingInterval: 15,
    cooldownPeriod: 30,
    initialCooldownPeriod: 9,
    minReplicaCount: 1,
    maxReplicaCount: 7,
  })
})
