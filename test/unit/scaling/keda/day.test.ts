import { expect, test } from '@jest/globals'
import {
  decideScaledObject,
  type FallbackSpec,
  type ScaledObjectSpec,
  serveMetric,
  type TriggerHealth,
} from '../../../../src/scaling/index.ts'

/** Polls every 30 s over a series of readings (undefined: it cannot be read), and tells each decision that moves something or changes its reason. */
function follow(spec: ScaledObjectSpec, readings: readonly (number | undefined)[], start: number): readonly string[] {
  const fallback: FallbackSpec | undefined = spec.fallback
  let replicas = start
  let health: TriggerHealth | undefined
  let lastActiveAtMs: number | undefined
  let told = ''
  const lines: string[] = []
  readings.forEach((value, index) => {
    const nowMs = index * 30_000
    const served = serveMetric({
      metricName: 's0-redis-jobs',
      ...(value === undefined ? { error: 'refused' } : { value }),
      ...(health === undefined ? {} : { health }),
      ...(fallback === undefined ? {} : { fallback }),
      target: 5,
      currentReplicas: replicas,
      readyReplicas: replicas,
    })
    health = served.health
    const reading = {
      name: 's0-redis-jobs',
      ...(value === undefined ? { error: 'refused' } : { value }),
      inFallback: served.serves === 'fallback',
    }
    const result = decideScaledObject({
      spec,
      triggers: [reading],
      currentReplicas: replicas,
      createdAtMs: 0,
      nowMs,
      ...(lastActiveAtMs === undefined ? {} : { lastActiveAtMs }),
    })
    lastActiveAtMs = result.lastActiveAtMs
    const active = result.conditions.find(({ type }) => type === 'Active')?.reason ?? '-'
    const line = `${replicas}→${result.replicas} ${result.trail[0]?.stage} ${active}`
    if (line !== told) lines.push(`${nowMs / 1000} s: ${line}`)
    told = line
    replicas = result.replicas
  })
  return lines
}

const times = (count: number, value: number | undefined): readonly (number | undefined)[] => Array.from({ length: count }, () => value)

test('a queue fills and empties: awake at once, asleep at the second poll after 300 s', () => {
  // Active until 90 s; at 390 s exactly 300 s have passed and it waits; at 420 s it sleeps.
  expect(follow({}, [0, ...times(3, 8), ...times(13, 0)], 0)).toEqual([
    '0 s: 0→0 activation ScalerNotActive',
    '30 s: 0→1 activation ScalerActive',
    '60 s: 1→1 activation ScalerActive',
    '120 s: 1→1 cooldown ScalerCooldown',
    '420 s: 1→0 cooldown ScalerNotActive',
    '450 s: 0→0 activation ScalerNotActive',
  ])
})

test('an outage of the only source freezes the size for as long as it lasts', () => {
  expect(follow({}, [8, ...times(30, undefined), 0, 0], 0)).toEqual([
    '0 s: 0→1 activation ScalerActive',
    '30 s: 1→1 activation ScalerNotActive',
    '930 s: 1→0 cooldown ScalerNotActive',
    '960 s: 0→0 activation ScalerNotActive',
  ])
})

test('with a fallback an outage keeps it, then counts as active, and the cool-down starts when it ends', () => {
  const spec: ScaledObjectSpec = { cooldownPeriodSeconds: 60, fallback: { failureThreshold: 2, replicas: 3 } }
  expect(follow(spec, [8, ...times(5, undefined), ...times(4, 0)], 0)).toEqual([
    '0 s: 0→1 activation ScalerActive',
    '30 s: 1→1 fallback ScalerNotActive',
    '90 s: 1→1 activation ScalerActive',
    '180 s: 1→1 cooldown ScalerCooldown',
    '240 s: 1→0 cooldown ScalerNotActive',
    '270 s: 0→0 activation ScalerNotActive',
  ])
})

test('a fallback of 0 lets an outage put it to sleep, and more failures than the threshold wake it again', () => {
  const spec: ScaledObjectSpec = { cooldownPeriodSeconds: 30, fallback: { failureThreshold: 3, replicas: 0 } }
  expect(follow(spec, [8, ...times(4, undefined)], 0)).toEqual([
    '0 s: 0→1 activation ScalerActive',
    '30 s: 1→1 cooldown ScalerCooldown',
    '60 s: 1→0 cooldown ScalerNotActive',
    '90 s: 0→0 activation ScalerNotActive',
    '120 s: 0→1 activation ScalerActive',
  ])
})

test('idle and minimum: 0 ↔ 4 and nothing between', () => {
  const spec: ScaledObjectSpec = { minReplicaCount: 4, idleReplicaCount: 0, cooldownPeriodSeconds: 30 }
  expect(follow(spec, [0, 9, 9, 0, 0, 0], 2)).toEqual([
    '0 s: 2→2 cooldown ScalerCooldown',
    '30 s: 2→4 activation ScalerActive',
    '60 s: 4→4 activation ScalerActive',
    '90 s: 4→4 cooldown ScalerCooldown',
    '120 s: 4→0 cooldown ScalerNotActive',
    '150 s: 0→0 activation ScalerNotActive',
  ])
})
