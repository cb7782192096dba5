import { describe, expect, test } from '@jest/globals'
import type { ScalePolicy, ScaleTrigger } from '../../../../src/model/scale-policy.ts'
import type { ComponentLoad } from '../../../../src/simulate/load/load-types.ts'
import { readClockTrigger } from '../../../../src/simulate/run/clock-trigger.ts'
import type { ComponentResult } from '../../../../src/simulate/run/result-types.ts'
import { liveScaler } from '../../../../src/simulate/run/scaler-port.ts'
import { simulate } from '../../../../src/simulate/run/simulate.ts'
import { aComponent } from '../../../kit/builders.ts'
import { aPolicy, httpTrigger, queueTrigger } from '../../../kit/scale-policies.ts'
import { simulated, sizes, steady } from '../../../kit/simulated.ts'

const constant = (seconds: number) => ({ kind: 'constant', seconds }) as const

/** A component that asks for half a core and 100 MB. */
function run(
  load: Partial<ComponentLoad>,
  policy: ScalePolicy,
  options: { readonly seconds: number; readonly startMs?: number },
): ComponentResult {
  const component = aComponent('web')
    .container({ requests: { cpu: 0.5, memoryBytes: 100_000_000 } })
    .build()
  const { components } = simulate({
    ...{ components: [component], scaler: liveScaler, seed: 1, mode: 'events', readClock: readClockTrigger, policyOf: () => policy },
    plan: { components: new Map([['*', { load: [], queues: [], readings: new Map(), ...load }]]) },
    startMs: options.startMs ?? 0,
    endMicros: options.seconds * 1_000_000,
  })
  return components[0] as ComponentResult
}

const resource = (name: 'cpu' | 'memory', more: Partial<ScaleTrigger>): ScaleTrigger => ({
  ...httpTrigger(),
  ...{ name: `s0-${name}`, type: name, metricType: 'Utilization', from: { by: 'engine', resource: name } },
  ...more,
})

describe('what triggers see', () => {
  test('cpu: the requests of the last 15 s, times what each costs, against what pods ask for', () => {
    // 10 a second of 0.1 s each keep one core busy: 200 % of the half that one pod asks for; 200/80 make 3 pods.
    const policy = aPolicy([resource('cpu', { target: 80 })], { min: 1, initial: 1 })
    const result = run({ load: [steady(10)], serviceTime: constant(0.1), startDelay: constant(0) }, policy, { seconds: 1200 })
    expect(result.changes.find(({ to }) => to === 3)).toMatchObject({ from: 1, proposals: [{ value: 200, target: 80, replicas: 3 }] })
    // With three of them each has 66 %: 66/80 is more than a tenth below the target, and makes 3 again.
    expect(result.timeline.wanted.at(-1)).toBe(3)
    expect(result.vcpuSeconds).toBeCloseTo(result.replicaSeconds / 2, 6)
  })

  test('memory: what a replica has and what its requests take', () => {
    const policy = aPolicy([resource('memory', { target: 50 })], { min: 1, initial: 1 })
    const usage = { memoryBytes: 20_000_000, memoryBytesPerRequest: 1_000_000 }
    const result = run({ load: [steady(100)], serviceTime: constant(1), startDelay: constant(0), usage }, policy, { seconds: 600 })
    // 100 in flight take 100 MB: with the 20 MB of a pod 120 % of what one asks for.
    expect(result.changes[0]).toMatchObject({ from: 1, to: 3, proposals: [{ value: 120, target: 50 }] })
  })

  test('cron: the number that it wishes, between its times in its zone', () => {
    const metadata = { start: '0 9 * * *', end: '0 17 * * *', timezone: 'Europe/Berlin', desiredReplicas: '3' }
    const cron: ScaleTrigger = { ...httpTrigger({ target: 1 }), name: 's0-cron', type: 'cron', metadata, from: { by: 'clock' } }
    // 2026-01-05T00:00:00Z: nine in Berlin is eight in UTC.
    const result = run({}, aPolicy([cron]), { seconds: 86_400, startMs: 1_767_571_200_000 })
    const hours = result.changes.filter(({ from, to }) => from !== to).map(({ atMs, from, to }) => [atMs / 3_600_000, from, to])
    expect(hours[0]?.slice(1)).toEqual([0, 1])
    expect(hours[0]?.[0]).toBeGreaterThanOrEqual(8)
    expect(hours[0]?.[0]).toBeLessThan(8.01)
    expect(hours[1]?.slice(1)).toEqual([1, 3])
    expect(hours.at(-1)?.[2]).toBe(0)
    expect(hours.at(-1)?.[0]).toBeGreaterThan(16)
    expect(hours.at(-1)?.[0]).toBeLessThan(16.2)
  })

  test('a value that the load file gives', () => {
    const readings = new Map([['rabbitmq', [steady(12, 100)]]])
    const result = simulated({ load: { readings, startDelay: constant(0) }, policy: aPolicy([queueTrigger({ target: 5 })]), seconds: 300 })
    expect(sizes(result)).toEqual(['120s 0 → 1', '120s 1 → 3'])
  })

  test('useCachedMetrics: a sync reads what the last poll read', () => {
    const readings = new Map([['rabbitmq', [steady(12, 100)]]])
    const policy = (useCachedMetrics: boolean) =>
      aPolicy([queueTrigger({ target: 5, useCachedMetrics })], { min: 1, initial: 1, pollMs: 60_000 })
    const grown = (useCachedMetrics: boolean) => sizes(simulated({ load: { readings }, policy: policy(useCachedMetrics), seconds: 300 }))[0]
    expect(grown(false)).toBe('105s 1 → 3')
    expect(grown(true)).toBe('120s 1 → 3')
  })
})
