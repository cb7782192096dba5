import { describe, expect, test } from '@jest/globals'
import { decideScaledJob, type JobTriggerReading, type ScaledJobInput } from '../../../../src/scaling/jobs/decide.ts'
import type { JobView } from '../../../../src/scaling/jobs/job-view.ts'

const nowMs = 1_000_000

function running(count: number, pending = 0): JobView[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `job-${index}`,
    pods: [{ phase: index < pending ? ('Pending' as const) : ('Running' as const) }],
  }))
}

function queue(value: number, targetAverageValue = 1, active = value > 0): JobTriggerReading {
  return { name: 's0-queue', value, targetAverageValue, active }
}

function decide(input: Partial<ScaledJobInput>) {
  return decideScaledJob({ nowMs, triggers: [], jobs: [], ...input })
}

describe('how many jobs', () => {
  test.each<[string, Partial<ScaledJobInput>, number]>([
    ['one for each message', { triggers: [queue(3)] }, 3],
    ['less those that run', { triggers: [queue(3)], jobs: running(2) }, 1],
    ['none while enough run', { triggers: [queue(3)], jobs: running(4) }, 0],
    ['at most the maximum', { triggers: [queue(300)], maxReplicaCount: 5 }, 5],
    // 7 / 2 = 3.5 → 4 jobs, of 7 messages
    ['rounded up', { triggers: [queue(7, 2)] }, 4],
    // 0.4 messages at a target of 0.1 would be 4 jobs, but there is at most one message
    ['never more than messages', { triggers: [queue(0.4, 0.1)] }, 1],
    ['none while inactive', { triggers: [queue(3, 1, false)] }, 0],
    [
      'the missing ones of the minimum, whatever the queue',
      { triggers: [queue(0)], jobs: running(1), minReplicaCount: 3, maxReplicaCount: 10 },
      2,
    ],
    ['those even with a long queue', { triggers: [queue(50)], jobs: running(1), minReplicaCount: 3, maxReplicaCount: 10 }, 2],
    // effective maximum 7, above the minimum runs 1: 7 − 1
    [
      'then the queue, under what the minimum leaves',
      { triggers: [queue(50)], jobs: running(4), minReplicaCount: 3, maxReplicaCount: 10 },
      6,
    ],
    ['nothing above equal bounds', { triggers: [queue(50)], jobs: running(3), minReplicaCount: 3, maxReplicaCount: 3 }, 0],
    [
      'accurate leaves out pending jobs',
      { triggers: [queue(5)], jobs: running(4, 2), maxReplicaCount: 10, scalingStrategy: { strategy: 'accurate' } },
      3,
    ],
    // min(10 − 4 − 2, 5) = 4
    [
      'eager fills the places',
      { triggers: [queue(5)], jobs: running(4, 2), maxReplicaCount: 10, scalingStrategy: { strategy: 'eager' } },
      4,
    ],
    ['a broken value counts as 0', { triggers: [{ ...queue(3), value: Number.NaN }] }, 0],
    ['a negative value counts as 0', { triggers: [{ ...queue(3), value: -4 }] }, 0],
    ['cpu has no part', { triggers: [{ ...queue(80), type: 'cpu' }] }, 0],
  ])('%s', (_, input, create) => {
    expect(decide(input).create).toBe(create)
  })

  test('several triggers are combined as asked', () => {
    const triggers = [queue(4), { ...queue(9), name: 's1-other' }]
    expect(decide({ triggers }).create).toBe(9)
    expect(decide({ triggers, scalingStrategy: { multipleScalersCalculation: 'sum' } }).create).toBe(13)
    expect(decide({ triggers, scalingStrategy: { multipleScalersCalculation: 'min' } }).create).toBe(4)
  })
})

describe('conditions', () => {
  const failing: JobTriggerReading = { name: 's1-broken', targetAverageValue: 1, error: 'connection refused' }

  test.each<[string, JobTriggerReading[], string, string]>([
    ['all well', [queue(1)], 'Ready True ScaledJobReady', 'Active True ScalerActive'],
    ['nothing to do', [queue(0)], 'Ready True ScaledJobReady', 'Active False ScalerNotActive'],
    ['one of two fails', [queue(1), failing], 'Ready Unknown PartialTriggerError', 'Active True ScalerActive'],
    ['fails, and nothing is active', [queue(0), failing], 'Ready False TriggerError', 'Active False ScalerNotActive'],
  ])('%s', (_, triggers, ready, active) => {
    const { conditions } = decide({ triggers })
    expect(conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      ready,
      active,
      'Paused False ScaledJobUnpaused',
    ])
  })

  test('a failing trigger does not stop the others', () => {
    expect(decide({ triggers: [queue(2), failing] }).create).toBe(2)
  })

  test('a minimum makes a failing ScaledJob active', () => {
    const result = decide({ triggers: [failing], minReplicaCount: 1 })
    expect(result).toMatchObject({ active: true, create: 1 })
  })
})

describe('paused', () => {
  test.each([
    ['true', true],
    ['', true],
    ['yes', true],
    ['1', true],
    ['false', false],
    ['False', false],
    ['0', false],
    ['f', false],
    ['fALSE', true],
  ])('the annotation %j pauses: %s', (pausedAnnotation, paused) => {
    const finished: JobView = { name: 'over', finished: 'Complete', finishedAtMs: 1 }
    const result = decide({ triggers: [queue(3)], jobs: [finished], successfulJobsHistoryLimit: 0, pausedAnnotation })
    expect(result).toMatchObject(paused ? { paused, create: 0, remove: [] } : { paused, create: 3, remove: ['over'] })
    expect(result.conditions.some(({ type, status }) => type === 'Paused' && status === 'True')).toBe(paused)
  })
})

test('the last active time moves with activity only', () => {
  expect(decide({ triggers: [queue(1)], lastActiveAtMs: 5 }).lastActiveAtMs).toBe(nowMs)
  expect(decide({ triggers: [queue(0)], lastActiveAtMs: 5 }).lastActiveAtMs).toBe(5)
  expect(decide({ triggers: [queue(0)] }).lastActiveAtMs).toBeUndefined()
})

test('the trail tells every step', () => {
  const triggers = [queue(7, 2), { ...queue(0), name: 's1-idle' }, { name: 's2-broken', targetAverageValue: 1, error: 'refused' }]
  expect(decide({ triggers, jobs: running(1) }).trail).toEqual([
    { stage: 'metric', from: 1, to: 4, because: 's0-queue reads 7 at 2 per job: 4 jobs' },
    { stage: 'metric', from: 1, to: 0, because: 's1-idle reads 0, which does not activate it' },
    { stage: 'metric', from: 1, to: 0, because: 's2-broken could not be read: refused' },
    { stage: 'maximum', from: 1, to: 4, because: 'multipleScalersCalculation max of the active triggers: queue 7, 4 jobs' },
    {
      stage: 'jobs',
      from: 1,
      to: 4,
      because: 'strategy default allows 3 of 4 jobs (1 running, 0 pending, at most 100) for a queue of 7; 3 jobs to create',
    },
  ])
})
