import { describe, expect, test } from '@jest/globals'
import { acaConcurrencyRule, acaDefaults, acaImplicitRule, acaScaleStep } from '../../../../src/scaling/index.ts'

test('the documented constants', () => {
  expect(acaDefaults).toEqual({
    minReplicas: 0,
    maxReplicas: 10,
    largestMaxReplicas: 1000,
    pollingIntervalSeconds: 30,
    cooldownPeriodSeconds: 300,
    scaleUpStabilizationWindowSeconds: 0,
    scaleDownStabilizationWindowSeconds: 300,
    concurrency: 10,
    ruleWindowSeconds: 15,
  })
})

describe('arrivals of the last 15 s, divided by 15', () => {
  const nowMs = 100_000
  test.each([
    ['nothing', [], undefined, 0, 0, false],
    ['one request wakes', [[nowMs, 1]], undefined, 1 / 15, 1, true],
    ['150 are exactly one replica', [[nowMs - 1, 150]], undefined, 10, 1, true],
    ['151 are two', [[nowMs - 1, 151]], undefined, 151 / 15, 2, true],
    ['the window is open at its beginning', [[nowMs - 15_000, 150]], undefined, 0, 0, false],
    [
      'and holds all after it',
      [
        [nowMs - 14_999, 75],
        [nowMs, 75],
      ],
      undefined,
      10,
      1,
      true,
    ],
    ['nothing from the future', [[nowMs + 1, 75]], undefined, 0, 0, false],
    ['a target of its own', [[nowMs, 1500]], 25, 100, 4, true],
  ] as const)('%s', (_name, arrivals, concurrency, value, desiredReplicas, active) => {
    const result = acaConcurrencyRule({
      rule: 'http',
      arrivals: arrivals.map(([atMs, count]) => ({ atMs, count })),
      ...(concurrency === undefined ? {} : { concurrency }),
      currentReplicas: 1,
      nowMs,
    })
    expect(result).toMatchObject({ value, desiredReplicas, active })
  })

  test('the trail names requests or connections', () => {
    const of = (rule: 'http' | 'tcp') =>
      acaConcurrencyRule({ rule, arrivals: [{ atMs: nowMs, count: 200 }], currentReplicas: 1, nowMs }).trail
    expect(of('http')).toEqual([
      { stage: 'metric', from: 1, to: 2, because: 'http rule: 200 requests in 15 s are 13.333 per second, target 10 per replica' },
    ])
    expect(of('tcp')[0]?.because).toBe('tcp rule: 200 connections in 15 s are 13.333 per second, target 10 per replica')
  })
})

test('steps are 1, 4, 8, 16, 32 on the way up and everything on the way down', () => {
  const sizes = [0]
  for (let step = 0; step < 6; step++) sizes.push(acaScaleStep({ currentReplicas: sizes.at(-1) ?? 0, desiredReplicas: 50 }).replicas)
  expect(sizes).toEqual([0, 1, 4, 8, 16, 32, 50])
  expect(acaScaleStep({ currentReplicas: 2, desiredReplicas: 9 })).toEqual({ replicas: 4, limited: true })
  expect(acaScaleStep({ currentReplicas: 50, desiredReplicas: 3 })).toEqual({ replicas: 3, limited: false })
})

test.each([
  [0, true, 0, { type: 'http', concurrentRequests: 10 }, false],
  [1, true, 0, undefined, false],
  [0, false, 0, undefined, true],
  [0, false, 1, undefined, false],
  [1, false, 0, undefined, false],
])('%d rules, ingress %s, minReplicas %d', (rules, ingress, minReplicas, rule, stuckAtZero) => {
  const result = acaImplicitRule({ rules, ingress, minReplicas })
  expect([result.rule, result.stuckAtZero]).toEqual([rule, stuckAtZero])
})
