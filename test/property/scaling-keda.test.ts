import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  countFailure,
  type DecideScaledObjectInput,
  decideScaledObject,
  fallbackValue,
  hpaBounds,
  metricQuantity,
  type ScaledObjectSpec,
  type TriggerReading,
  validateBounds,
} from '../../src/scaling/index.ts'

const reading: fc.Arbitrary<TriggerReading> = fc.record(
  {
    name: fc.constantFrom('s0-a', 's1-b', 's2-c'),
    value: fc.oneof(fc.integer({ min: -5, max: 50 }), fc.double()),
    error: fc.constant('refused'),
    activationThreshold: fc.integer({ min: 0, max: 20 }),
    active: fc.boolean(),
    resource: fc.boolean(),
    inFallback: fc.boolean(),
  },
  { requiredKeys: ['name'] },
)

const spec: fc.Arbitrary<ScaledObjectSpec> = fc.record(
  {
    minReplicaCount: fc.nat(6),
    maxReplicaCount: fc.integer({ min: 6, max: 20 }),
    idleReplicaCount: fc.nat(3),
    cooldownPeriodSeconds: fc.nat(600),
    initialCooldownPeriodSeconds: fc.nat(600),
    fallback: fc.record({ failureThreshold: fc.nat(3), replicas: fc.nat(4) }),
  },
  { requiredKeys: [] },
)

const annotations = fc.dictionary(
  fc.constantFrom(
    'autoscaling.keda.sh/paused-scale-in',
    'autoscaling.keda.sh/paused-scale-out',
    'autoscaling.keda.sh/force-activation',
    'autoscaling.keda.sh/paused',
    'autoscaling.keda.sh/paused-replicas',
  ),
  fc.constantFrom('true', 'false', '3', ''),
  { maxKeys: 2 },
)

const createdAtMs = 1_000_000
const input: fc.Arbitrary<DecideScaledObjectInput> = fc.record(
  {
    spec,
    annotations,
    triggers: fc.array(reading, { minLength: 1, maxLength: 3 }),
    currentReplicas: fc.nat(12),
    createdAtMs: fc.constant(createdAtMs),
    lastActiveAtMs: fc.integer({ min: createdAtMs, max: createdAtMs + 900_000 }),
    nowMs: fc.integer({ min: createdAtMs + 900_000, max: createdAtMs + 1_800_000 }),
  },
  { requiredKeys: ['spec', 'triggers', 'currentReplicas', 'createdAtMs', 'nowMs'] },
)

const paused = ({ annotations: given = {} }: DecideScaledObjectInput): boolean =>
  Object.keys(given).some((key) => key.endsWith('/paused') || key.endsWith('/paused-replicas'))

test('it only moves to 0, idle, 1 or the minimum, and the trail tells exactly that', () => {
  fc.assert(
    fc.property(input, (given) => {
      const result = decideScaledObject(given)
      const { minReplicaCount: min = 0, idleReplicaCount } = given.spec
      if (!paused(given) && result.replicas !== given.currentReplicas) {
        expect([0, idleReplicaCount, 1, min]).toContain(result.replicas)
        expect(result.replicas).toBeLessThanOrEqual(given.spec.maxReplicaCount ?? 100)
      }
      expect(result.trail).toHaveLength(1)
      expect(result.trail[0]).toMatchObject({ from: given.currentReplicas, to: result.replicas })
      expect(result.trail[0]?.because).not.toMatch(/undefined|NaN|\[object/)
    }),
    { numRuns: 1000 },
  )
})

test('the same record gives the same decision, and is not changed', () => {
  fc.assert(
    fc.property(input, (given) => {
      const before = structuredClone(given)
      expect(decideScaledObject(given)).toEqual(decideScaledObject(structuredClone(given)))
      expect(given).toEqual(before)
    }),
  )
})

test('one decision is enough: deciding again at once moves nothing back', () => {
  fc.assert(
    fc.property(input, (given) => {
      const first = decideScaledObject(given)
      const { lastActiveAtMs: _, ...rest } = given
      const second = decideScaledObject({
        ...rest,
        currentReplicas: first.replicas,
        ...(first.lastActiveAtMs === undefined ? {} : { lastActiveAtMs: first.lastActiveAtMs }),
      })
      // An idle size above the minimum is refused by validation; it alone could make them fight.
      fc.pre(validateBounds({ spec: given.spec }).valid)
      expect(second.replicas).toBe(first.replicas)
    }),
    { numRuns: 1000 },
  )
})

test('the cool-down is strict: nothing changes before wakeAtMs, and it sleeps at it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.nat(600),
      fc.boolean(),
      fc.nat(600_000),
      fc.nat(600_000),
      (size, seconds, never, passed, later) => {
        const nowMs = createdAtMs + Math.min(passed, seconds * 1000)
        const given: DecideScaledObjectInput = {
          spec: never ? { initialCooldownPeriodSeconds: seconds } : { cooldownPeriodSeconds: seconds },
          triggers: [{ name: 's0-a', value: 0 }],
          currentReplicas: size,
          createdAtMs,
          ...(never ? {} : { lastActiveAtMs: createdAtMs }),
          nowMs,
        }
        const { wakeAtMs, replicas } = decideScaledObject(given)
        const at = (moment: number): number => decideScaledObject({ ...given, nowMs: moment }).replicas
        expect([replicas, wakeAtMs]).toEqual([size, createdAtMs + seconds * 1000 + 1])
        expect(at(Math.min((wakeAtMs ?? 0) - 1, nowMs + later))).toBe(size)
        expect(at(wakeAtMs ?? 0)).toBe(0)
      },
    ),
    { numRuns: 1000 },
  )
})

test('an error alone never shrinks, unless the fallback is 0', () => {
  fc.assert(
    fc.property(input, (given) => {
      const failing = { ...given, triggers: given.triggers.map(({ name }) => ({ name, error: 'refused' })) }
      fc.pre(!paused(given) && given.spec.fallback?.replicas !== 0)
      expect(decideScaledObject(failing).replicas).toBeGreaterThanOrEqual(given.currentReplicas)
    }),
  )
})

test('more load never means fewer replicas', () => {
  fc.assert(
    fc.property(input, fc.nat(50), (given, more) => {
      const louder = {
        ...given,
        triggers: given.triggers.map((one) =>
          one.value === undefined || Number.isNaN(one.value) ? one : { ...one, value: one.value + more },
        ),
      }
      expect(decideScaledObject(louder).replicas).toBeGreaterThanOrEqual(decideScaledObject(given).replicas)
    }),
    { numRuns: 500 },
  )
})

test('a paused direction is never taken', () => {
  fc.assert(
    fc.property(input, (given) => {
      const still = { ...given, annotations: { 'autoscaling.keda.sh/paused-scale-in': '', 'autoscaling.keda.sh/paused-scale-out': '' } }
      const { replicas } = decideScaledObject(still)
      // Only below the minimum it is lifted, which no annotation stops upstream either.
      if (replicas !== given.currentReplicas) expect(replicas).toBe(given.spec.minReplicaCount)
    }),
  )
})

test('what is served is a whole number of thousandths from 0', () => {
  fc.assert(
    fc.property(fc.double({ max: 1e12 }), (value) => {
      const { quantityMilli } = metricQuantity({ value })
      expect(Number.isInteger(quantityMilli) && quantityMilli >= 0).toBe(true)
      if (value > 0) expect(Math.abs(quantityMilli - value * 1000)).toBeLessThanOrEqual(0.5 + value * 1e-12)
    }),
    { numRuns: 1000 },
  )
})

test('a fallback leads the HPA to its replicas, and only above the threshold', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.nat(50),
      fc.nat(50),
      fc.nat(6),
      (target, replicas, currentReplicas, failureThreshold) => {
        const fallback = { failureThreshold, replicas }
        const result = fallbackValue({ fallback, target, currentReplicas, readyReplicas: 1 })
        expect(result.ok && Math.ceil(result.quantityMilli / (target * 1000))).toBe(replicas)
        let health = {}
        for (let failures = 1; failures < 9; failures++) {
          const counted = countFailure({ ...health, failed: true, fallback })
          expect(counted.inFallback).toBe(failures > failureThreshold)
          health = { health: counted.health }
        }
      },
    ),
  )
})

test('bounds of a valid object are in order', () => {
  fc.assert(
    fc.property(spec, (given) => {
      fc.pre(validateBounds({ spec: given }).valid)
      const { minReplicas, maxReplicas } = hpaBounds(given)
      expect(minReplicas).toBeGreaterThanOrEqual(1)
      expect(maxReplicas).toBeGreaterThanOrEqual(minReplicas)
    }),
  )
})
