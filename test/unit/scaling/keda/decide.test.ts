import { describe, expect, test } from '@jest/globals'
import { type DecideScaledObjectInput, decideScaledObject, type TriggerReading } from '../../../../src/scaling/index.ts'

const minute = 60_000
const created = 1_000_000
const now = created + 60 * minute

const idle: TriggerReading = { name: 's0-redis-jobs', value: 0 }
const busy: TriggerReading = { name: 's0-redis-jobs', value: 7 }
const broken: TriggerReading = { name: 's1-prometheus', error: 'connection refused' }

function decide(change: Partial<DecideScaledObjectInput>): ReturnType<typeof decideScaledObject> {
  return decideScaledObject({
    spec: {},
    triggers: [idle],
    currentReplicas: 0,
    createdAtMs: created,
    nowMs: now,
    target: 'apps/v1.Deployment default/jobs',
    ...change,
  })
}

/** Replicas after it, whether it counts as the last active poll, and the reasons of Ready and Active. */
function told(result: ReturnType<typeof decideScaledObject>): string {
  const reason = (type: string): string => result.conditions.find((condition) => condition.type === type)?.reason ?? '-'
  const seen = result.lastActiveAtMs === now ? 'seen' : 'unseen'
  return `${result.replicas} ${seen} ${reason('Ready')} ${reason('Active')}`
}

const old = { lastActiveAtMs: now - 10 * minute }
const recent = { lastActiveAtMs: now - minute }
const fallback = { failureThreshold: 3, replicas: 4 }
const pausedIn = { 'autoscaling.keda.sh/paused-scale-in': 'true' }
const pausedOut = { 'autoscaling.keda.sh/paused-scale-out': 'true' }
const forced = { 'autoscaling.keda.sh/force-activation': 'true' }

test.each<[string, Partial<DecideScaledObjectInput>, string]>([
  ['wakes from 0 to 1', { triggers: [busy] }, '1 seen ScaledObjectReady ScalerActive'],
  ['wakes from 0 to the minimum', { triggers: [busy], spec: { minReplicaCount: 3 } }, '3 seen ScaledObjectReady ScalerActive'],
  ['wakes with one trigger of two', { triggers: [idle, { ...busy, name: 's1-x' }] }, '1 seen ScaledObjectReady ScalerActive'],
  ['wakes although another trigger errs', { triggers: [busy, broken] }, '1 seen ScaledObjectReady ScalerActive'],
  ['leaves more to the HPA', { triggers: [busy], currentReplicas: 5 }, '5 seen ScaledObjectReady ScalerActive'],
  [
    'does not lift a running target to the minimum without idle',
    { triggers: [busy], currentReplicas: 1, spec: { minReplicaCount: 3 } },
    '1 seen ScaledObjectReady ScalerActive',
  ],
  [
    'goes from idle to the minimum',
    { triggers: [busy], currentReplicas: 0, spec: { minReplicaCount: 3, idleReplicaCount: 0 } },
    '3 seen ScaledObjectReady ScalerActive',
  ],
  [
    'goes from below the minimum to it with idle',
    { triggers: [busy], currentReplicas: 2, spec: { minReplicaCount: 3, idleReplicaCount: 0 } },
    '3 seen ScaledObjectReady ScalerActive',
  ],
  [
    'is not woken at the threshold',
    { triggers: [{ name: 'a', value: 5, activationThreshold: 5 }] },
    '0 unseen ScaledObjectReady ScalerNotActive',
  ],
  [
    'is woken just above the threshold',
    { triggers: [{ name: 'a', value: 5.001, activationThreshold: 5 }] },
    '1 seen ScaledObjectReady ScalerActive',
  ],
  [
    'believes a scaler that says it is active',
    { triggers: [{ name: 'cron', value: 0, active: true }] },
    '1 seen ScaledObjectReady ScalerActive',
  ],
  [
    'believes a scaler that says it is not',
    { triggers: [{ name: 'cron', value: 9, active: false }] },
    '0 unseen ScaledObjectReady ScalerNotActive',
  ],
  [
    'takes a trigger in fallback for active',
    { triggers: [{ ...broken, inFallback: true }], spec: { fallback } },
    '1 seen ScaledObjectReady ScalerActive',
  ],
  ['does not ask cpu', { triggers: [idle, { name: 'cpu', resource: true, value: 90 }] }, '0 unseen ScaledObjectReady ScalerNotActive'],
  [
    'takes cpu alone for active',
    { triggers: [{ name: 'cpu', resource: true }], currentReplicas: 2 },
    '2 seen ScaledObjectReady ScalerActive',
  ],
  [
    'forgets the last active poll on a partial error',
    { triggers: [busy, broken], currentReplicas: 2 },
    '2 unseen PartialTriggerError ScalerActive',
  ],
  ['sleeps after the cool-down, from any size', { currentReplicas: 9, ...old }, '0 unseen ScaledObjectReady ScalerNotActive'],
  ['waits during the cool-down', { currentReplicas: 9, ...recent }, '9 unseen ScaledObjectReady ScalerCooldown'],
  ['sleeps at once when it was never active', { currentReplicas: 9 }, '0 unseen ScaledObjectReady ScalerNotActive'],
  [
    'waits for the initial cool-down',
    { currentReplicas: 9, spec: { initialCooldownPeriodSeconds: 7200 } },
    '9 unseen ScaledObjectReady ScalerCooldown',
  ],
  [
    'goes to idle instead of the minimum',
    { currentReplicas: 9, spec: { minReplicaCount: 2, idleReplicaCount: 0 }, ...old },
    '0 unseen ScaledObjectReady ScalerNotActive',
  ],
  [
    'stays at idle',
    { currentReplicas: 1, spec: { minReplicaCount: 2, idleReplicaCount: 1 }, ...old },
    '1 unseen ScaledObjectReady ScalerNotActive',
  ],
  ['stays above a minimum', { currentReplicas: 9, spec: { minReplicaCount: 2 }, ...old }, '9 unseen ScaledObjectReady ScalerNotActive'],
  [
    'lifts to the minimum while inactive',
    { currentReplicas: 1, spec: { minReplicaCount: 2 } },
    '2 unseen ScaledObjectReady ScalerNotActive',
  ],
  [
    'lifts to the minimum from 0 while inactive',
    { currentReplicas: 0, spec: { minReplicaCount: 2 } },
    '2 unseen ScaledObjectReady ScalerNotActive',
  ],
  ['freezes when its only trigger errs', { currentReplicas: 9, triggers: [broken], ...old }, '9 unseen TriggerError ScalerNotActive'],
  [
    'freezes at 0 as well',
    { currentReplicas: 0, triggers: [broken], spec: { minReplicaCount: 2 } },
    '0 unseen TriggerError ScalerNotActive',
  ],
  [
    'freezes when one of two errs and the other is idle',
    { currentReplicas: 9, triggers: [idle, broken], ...old },
    '9 unseen TriggerError ScalerNotActive',
  ],
  [
    'freezes while the fallback is not reached',
    { currentReplicas: 9, triggers: [broken], spec: { fallback }, ...old },
    '9 unseen ScaledObjectReady ScalerNotActive',
  ],
  [
    'sleeps on errors when the fallback is 0',
    { currentReplicas: 9, triggers: [broken], spec: { fallback: { failureThreshold: 3, replicas: 0 } }, ...old },
    '0 unseen ScaledObjectReady ScalerNotActive',
  ],
  [
    'cools down first when the fallback is 0',
    { currentReplicas: 9, triggers: [broken], spec: { fallback: { failureThreshold: 3, replicas: 0 } }, ...recent },
    '9 unseen ScaledObjectReady ScalerCooldown',
  ],
  [
    'takes cpu alone with an error for failing',
    { triggers: [{ name: 'cpu', resource: true, error: 'bad metadata' }], currentReplicas: 2, ...old },
    '2 unseen TriggerError ScalerNotActive',
  ],
  [
    'a reading with nothing in it is an error',
    { triggers: [{ name: 'a' }], currentReplicas: 2, ...old },
    '2 unseen TriggerError ScalerNotActive',
  ],
  [
    'does not sleep while shrinking is paused',
    { currentReplicas: 9, annotations: pausedIn, ...old },
    '9 unseen ScaledObjectReady ScalerNotActive',
  ],
  ['wakes while shrinking is paused', { triggers: [busy], annotations: pausedIn }, '1 seen ScaledObjectReady ScalerActive'],
  ['does not wake while growing is paused', { triggers: [busy], annotations: pausedOut }, '0 unseen ScaledObjectReady ScalerActive'],
  ['sleeps while growing is paused', { currentReplicas: 9, annotations: pausedOut, ...old }, '0 unseen ScaledObjectReady ScalerNotActive'],
  ['wakes by force', { annotations: forced }, '1 seen ScaledObjectReady ScalerActive'],
  ['stays awake by force', { annotations: forced, currentReplicas: 4, ...old }, '4 seen ScaledObjectReady ScalerActive'],
  [
    'is forced although its trigger errs',
    { annotations: forced, triggers: [broken], currentReplicas: 4 },
    '4 unseen PartialTriggerError ScalerActive',
  ],
  [
    'stands still while paused',
    { triggers: [busy], annotations: { 'autoscaling.keda.sh/paused': 'true' } },
    '0 unseen ScaledObjectReady -',
  ],
  [
    'goes to the paused size',
    { triggers: [busy], currentReplicas: 5, annotations: { 'autoscaling.keda.sh/paused-replicas': '2' } },
    '2 unseen ScaledObjectReady -',
  ],
  [
    'goes to 0 when paused there',
    { triggers: [busy], currentReplicas: 5, annotations: { 'autoscaling.keda.sh/paused-replicas': '0' } },
    '0 unseen ScaledObjectReady -',
  ],
  [
    'is not moved by a paused size that cannot be read',
    { currentReplicas: 5, annotations: { 'autoscaling.keda.sh/paused-replicas': 'two' }, ...old },
    '5 unseen ScaledObjectCheckFailed -',
  ],
  [
    'a formula wakes it',
    { triggers: [idle], modifiers: { composite: { value: 3 }, activationTarget: 2 } },
    '1 seen ScaledObjectReady ScalerActive',
  ],
  [
    'a formula at its activation target does not',
    { triggers: [busy], modifiers: { composite: { value: 2 }, activationTarget: 2 } },
    '0 unseen ScaledObjectReady ScalerNotActive',
  ],
  [
    'a formula is inactive when any trigger errs',
    { triggers: [busy, broken], currentReplicas: 3, modifiers: { composite: { value: 9 } }, ...old },
    '3 unseen TriggerError ScalerNotActive',
  ],
  [
    'a formula that fails lets it sleep',
    { triggers: [busy], currentReplicas: 3, modifiers: { composite: { error: 'divides by zero' } }, ...old },
    '0 unseen ScaledObjectReady ScalerNotActive',
  ],
])('%s', (_name, change, expected) => {
  expect(told(decide(change))).toBe(expected)
})

describe('the cool-down is strict', () => {
  const lastActiveAtMs = now - 300_000

  test('at exactly 300 s it waits, a millisecond later it is over', () => {
    const waiting = decide({ currentReplicas: 2, lastActiveAtMs })
    expect(waiting).toMatchObject({ replicas: 2, wakeAtMs: now + 1, limitedBy: 'cooldown', lastActiveAtMs })
    expect(decide({ currentReplicas: 2, lastActiveAtMs, nowMs: now + 1 }).replicas).toBe(0)
  })

  test('wakeAtMs is the first moment at which it sleeps', () => {
    const waiting = decide({ currentReplicas: 2, lastActiveAtMs: now - 1500, spec: { cooldownPeriodSeconds: 20 } })
    expect(waiting.wakeAtMs).toBe(now - 1500 + 20_001)
    expect(
      decide({ currentReplicas: 2, lastActiveAtMs: now - 1500, spec: { cooldownPeriodSeconds: 20 }, nowMs: now + 18_500 }).replicas,
    ).toBe(2)
    expect(
      decide({ currentReplicas: 2, lastActiveAtMs: now - 1500, spec: { cooldownPeriodSeconds: 20 }, nowMs: now + 18_501 }).replicas,
    ).toBe(0)
  })

  test('a cool-down of 0 s needs a later poll', () => {
    expect(decide({ currentReplicas: 2, lastActiveAtMs: now, spec: { cooldownPeriodSeconds: 0 } }).replicas).toBe(2)
    expect(decide({ currentReplicas: 2, lastActiveAtMs: now - 1, spec: { cooldownPeriodSeconds: 0 } }).replicas).toBe(0)
  })

  test('the initial cool-down counts from the making and ends with the first active poll', () => {
    const spec = { initialCooldownPeriodSeconds: 120, cooldownPeriodSeconds: 10 }
    expect(decide({ spec, currentReplicas: 1, nowMs: created + 120_000 }).wakeAtMs).toBe(created + 120_001)
    expect(decide({ spec, currentReplicas: 1, nowMs: created + 120_001 }).replicas).toBe(0)
    expect(decide({ spec, currentReplicas: 1, nowMs: created + 60_000, lastActiveAtMs: created + 49_999 }).replicas).toBe(0)
  })
})

test('what wakes is named in the event, and the way back is told', () => {
  expect(decide({ triggers: [busy, { name: 's1-cron', active: true }], spec: { minReplicaCount: 2 } }).events).toEqual([
    {
      type: 'Normal',
      reason: 'KEDAScaleTargetActivated',
      message: 'Scaled apps/v1.Deployment default/jobs from 0 to 2, triggered by s0-redis-jobs;s1-cron',
    },
  ])
  expect(decide({ annotations: forced }).events[0]?.message).toBe(
    'Scaled apps/v1.Deployment default/jobs from 0 to 1, caused by forced activation annotation',
  )
  expect(decide({ currentReplicas: 5, ...old }).events).toEqual([
    { type: 'Normal', reason: 'KEDAScaleTargetDeactivated', message: 'Deactivated apps/v1.Deployment default/jobs from 5 to 0' },
  ])
  expect(decide({ currentReplicas: 5, triggers: [busy] }).events).toEqual([])
  expect(decide({ currentReplicas: 0, spec: { minReplicaCount: 2 } }).events).toEqual([])
})

test('Paused and Fallback say what is so', () => {
  const of = (change: Partial<DecideScaledObjectInput>, type: string): string => {
    const { status, reason } = decide(change).conditions.find((condition) => condition.type === type) ?? { status: '-', reason: '-' }
    return `${status} ${reason}`.trim()
  }
  expect(of({}, 'Paused')).toBe('False')
  expect(of({ pausedBefore: true }, 'Paused')).toBe('False ScaledObjectUnpaused')
  expect(of({ annotations: pausedIn }, 'Paused')).toBe('True ScaledObjectPaused')
  expect(of({ annotations: { 'autoscaling.keda.sh/paused': '' } }, 'Paused')).toBe('True ScaledObjectPaused')
  expect(of({}, 'Fallback')).toBe('False NoFallbackFound')
  expect(of({ triggers: [{ ...broken, inFallback: true }], spec: { fallback } }, 'Fallback')).toBe('True FallbackExists')
})

describe('the trail says why in words', () => {
  test.each<[Partial<DecideScaledObjectInput>, string]>([
    [{ triggers: [busy] }, 'activation 0→1: s0-redis-jobs reads 7, above its activation threshold of 0: from 0 to 1 replica'],
    [
      { triggers: [busy], spec: { minReplicaCount: 3 } },
      'activation 0→3: s0-redis-jobs reads 7, above its activation threshold of 0: from 0 to minReplicaCount (3)',
    ],
    [
      { currentReplicas: 9, ...old },
      'cooldown 9→0: s0-redis-jobs reads 0, not above its activation threshold of 0; the last active poll was 600 s ago, longer than cooldownPeriod (300 s): to minReplicaCount (0)',
    ],
    [
      { currentReplicas: 9, lastActiveAtMs: now - 300_000 },
      'cooldown 9→9: s0-redis-jobs reads 0, not above its activation threshold of 0; the last active poll was 300 s ago, not longer than cooldownPeriod (300 s)',
    ],
    [
      { currentReplicas: 9, triggers: [broken] },
      'activation 9→9: s1-prometheus could not be read and there is no fallback: the size is kept',
    ],
    [
      { currentReplicas: 9, triggers: [broken], spec: { fallback } },
      'fallback 9→9: s1-prometheus could not be read; after more than 3 failures the fallback (4 replicas) is served; until then the size is kept',
    ],
    [{ currentReplicas: 1, spec: { minReplicaCount: 2 } }, 'bounds 1→2: 1 is below minReplicaCount (2)'],
    [
      { triggers: [busy], annotations: pausedOut },
      'paused 0→0: s0-redis-jobs reads 7, above its activation threshold of 0, but growing is paused by annotation',
    ],
    [{ currentReplicas: 5, annotations: { 'autoscaling.keda.sh/paused-replicas': '2' } }, 'paused 5→2: paused by annotation at 2 replicas'],
    [
      { triggers: [busy, broken], currentReplicas: 2 },
      'activation 2→2: s0-redis-jobs reads 7, above its activation threshold of 0; s1-prometheus could not be read, so this poll does not count as the last active one',
    ],
    [
      { triggers: [idle], modifiers: { composite: { value: 2.5 }, activationTarget: 2 } },
      'activation 0→1: the formula gives 2.5, above its activation target of 2: from 0 to 1 replica',
    ],
    [
      { triggers: [{ name: 'cpu', resource: true }], currentReplicas: 2 },
      'activation 2→2: there are only cpu and memory triggers, which cannot wake a target: it counts as active; the HPA decides about more',
    ],
  ])('%j', (change, expected) => {
    expect(decide(change).trail.map(({ stage, from, to, because }) => `${stage} ${from}→${to}: ${because}`)).toEqual([expected])
  })
})
