import { describe, expect, test } from '@jest/globals'
import { scaledJobScale } from '../../../../src/scaling/jobs/scale.ts'
import {
  accurateJobStrategy,
  customJobStrategy,
  defaultJobStrategy,
  eagerJobStrategy,
  type JobStrategyInput,
  scaledJobStrategy,
} from '../../../../src/scaling/jobs/strategies.ts'

function ask(maxScale: number, running: number, pending: number, max: number, scaleTo = maxScale): JobStrategyInput {
  return { maxScale, runningJobCount: running, pendingJobCount: pending, maxReplicaCount: max, scaleTo }
}

test.each<[JobStrategyInput, number]>([
  [ask(3, 2, 0, 5), 1],
  [ask(2, 2, 0, 5), 0],
  [ask(2, 5, 0, 5), -3],
  [ask(2, 0, 9, 5), 2],
])('default of %j allows %d', (input, expected) => {
  expect(defaultJobStrategy(input)).toEqual({ effectiveMaxScale: expected, scaleTo: input.scaleTo })
})

test.each<[JobStrategyInput, number]>([
  // maxScale + running − pending within the maximum: maxScale − pending
  [ask(3, 2, 0, 10), 3],
  [ask(3, 2, 2, 10), 1],
  [ask(3, 2, 4, 10), -1],
  // beyond it: maximum − running
  [ask(9, 3, 0, 10), 7],
  [ask(10, 3, 2, 10), 7],
  // exactly at it still fits: 9 + 3 − 2 = 10
  [ask(9, 3, 2, 10), 7],
  [ask(8, 3, 1, 10), 7],
])('accurate of %j allows %d', (input, expected) => {
  expect(accurateJobStrategy(input)).toEqual({ effectiveMaxScale: expected, scaleTo: input.scaleTo })
})

test.each<[JobStrategyInput, number]>([
  [ask(10, 0, 0, 10), 10],
  [ask(10, 3, 0, 10), 7],
  [ask(10, 3, 2, 10), 5],
  [ask(4, 3, 2, 10), 4],
  [ask(4, 9, 3, 10), -2],
])('eager of %j allows %d and goes to the maximum', (input, expected) => {
  expect(eagerJobStrategy(input)).toEqual({ effectiveMaxScale: expected, scaleTo: 10 })
})

describe('custom', () => {
  test.each<[string, JobStrategyInput, number | undefined, string | undefined, number]>([
    ['deduction and share', ask(10, 4, 0, 100), 2, '0.5', 6],
    ['the share is cut', ask(10, 3, 0, 100), undefined, '0.5', 9],
    ['at most the maximum', ask(10, 0, 0, 6), undefined, '0', 6],
    ['a negative share adds, within the maximum', ask(10, 4, 0, 100), undefined, '-0.5', 12],
    ['no share: default', ask(10, 4, 0, 100), 2, undefined, 6],
    ['an empty share: default', ask(10, 4, 0, 100), 2, '', 6],
    ['no number: default', ask(10, 4, 0, 100), 2, 'half', 6],
    ['a per cent sign is no number', ask(10, 4, 0, 100), 1, '50%', 6],
  ])('%s', (_, input, deduction, share, expected) => {
    const result = customJobStrategy({
      ...input,
      ...(deduction === undefined ? {} : { customScalingQueueLengthDeduction: deduction }),
      ...(share === undefined ? {} : { customScalingRunningJobPercentage: share }),
    })
    expect(result).toEqual({ effectiveMaxScale: expected, scaleTo: input.scaleTo })
  })
})

test.each([
  ['default', 6],
  ['custom', 8],
  ['accurate', 7],
  ['eager', 10],
  ['', 6],
  ['unheard of', 6],
])('the strategy %j is found by its name', (strategy, expected) => {
  // 10 wanted, 4 running, 3 pending, at most 20: default 10 − 4, custom 10 − 4 × 0.5, accurate 10 − 3, eager min(20 − 4 − 3, 10)
  const input = { ...ask(10, 4, 3, 20), customScalingRunningJobPercentage: '0.5' }
  expect(scaledJobStrategy({ ...input, strategy }).effectiveMaxScale).toBe(expected)
})

test.each([
  ['none of two run', 0, 2, 0, 2, 2],
  ['one of two runs', 1, 2, 9, 1, 1],
  ['the minimum runs: the strategy decides of none', 1, 1, 2, 2, 2],
  ['three above the minimum', 4, 1, 5, 2, 5],
])('%s', (_, runningJobCount, minReplicaCount, maxScale, effectiveMaxScale, scaleTo) => {
  const input = { runningJobCount, minReplicaCount, maxScale, scaleTo: maxScale, pendingJobCount: 0, maxReplicaCount: 100 }
  expect(scaledJobScale(input)).toEqual({ effectiveMaxScale, scaleTo })
})
