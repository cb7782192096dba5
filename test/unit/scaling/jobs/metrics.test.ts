import { describe, expect, test } from '@jest/globals'
import {
  aggregateJobMetrics,
  type MultipleScalersCalculation,
  scalerJobMetrics,
  targetAverageValue,
} from '../../../../src/scaling/jobs/metrics.ts'

test.each<[(number | undefined)[], number]>([
  [[], 0],
  [[5], 5],
  [[undefined], 0],
  [[5, 3], 4],
  [[5, undefined], 2.5],
])('the target of a scaler with averageValues %j is %d', (averageValues, expected) => {
  expect(targetAverageValue({ averageValues })).toEqual({ targetAverageValue: expected })
})

test.each([
  ['the queue over its target', { values: [30], averageValues: [5], maxReplicaCount: 100 }, [30, 6, 5]],
  ['not rounded yet', { values: [7], averageValues: [2], maxReplicaCount: 100 }, [7, 3.5, 2]],
  ['at most the maximum', { values: [30], averageValues: [5], maxReplicaCount: 4 }, [30, 4, 5]],
  ['several values add up', { values: [10, 20], averageValues: [5], maxReplicaCount: 100 }, [30, 6, 5]],
  ['no target, no jobs', { values: [30], averageValues: [undefined], maxReplicaCount: 100 }, [30, 0, 0]],
  ['nothing reported', { values: [], averageValues: [5], maxReplicaCount: 100 }, [0, 0, 5]],
])('one scaler: %s', (_, input, [queueLength, maxScale, target]) => {
  expect(scalerJobMetrics(input)).toEqual({ queueLength, maxScale, targetAverageValue: target })
})

describe('several scalers', () => {
  const scaler = (queueLength: number, maxScale: number, active = true) => ({ queueLength, maxScale, active })
  const four = [scaler(20, 19), scaler(10, 9), scaler(5, 4, false), scaler(7, 6)]

  test.each<[MultipleScalersCalculation | undefined, number, number]>([
    [undefined, 20, 19],
    ['max', 20, 19],
    ['min', 7, 6],
    // (20 + 10 + 7) / 3 = 12.33 → 13, (19 + 9 + 6) / 3 = 11.33 → 12
    ['avg', 13, 12],
    ['sum', 37, 34],
  ])('%s over the active ones', (calculation, queueLength, maxScale) => {
    const whole = aggregateJobMetrics({
      scalers: four,
      ...(calculation === undefined ? {} : { multipleScalersCalculation: calculation }),
      minReplicaCount: 0,
      maxReplicaCount: 100,
    })
    expect(whole).toMatchObject({ active: true, queueLength, maxScale })
  })

  test('the maximum is applied once more to the sum', () => {
    const whole = aggregateJobMetrics({ scalers: four, multipleScalersCalculation: 'sum', minReplicaCount: 0, maxReplicaCount: 25 })
    expect(whole).toEqual({ active: true, queueLength: 37, maxScale: 25, unroundedMaxScale: 25 })
  })

  test.each<[string, readonly ReturnType<typeof scaler>[], MultipleScalersCalculation, number, boolean, number]>([
    ['none is active', [scaler(5, 5, false)], 'sum', 0, false, 0],
    ['no scalers', [], 'avg', 0, false, 0],
    ['none is active, but a minimum is', [scaler(5, 5, false)], 'max', 1, true, 0],
    ['an active scaler without messages is no activity for max', [scaler(0, 0)], 'max', 0, false, 0],
    ['but it is for sum', [scaler(0, 0)], 'sum', 0, true, 0],
    ['min passes over an empty queue met first', [scaler(0, 0), scaler(9, 3)], 'min', 0, true, 9],
    ['and takes one met later', [scaler(9, 3), scaler(0, 0)], 'min', 0, true, 0],
  ])('%s', (_, scalers, multipleScalersCalculation, minReplicaCount, active, queueLength) => {
    expect(aggregateJobMetrics({ scalers, multipleScalersCalculation, minReplicaCount, maxReplicaCount: 100 })).toMatchObject({
      active,
      queueLength,
    })
  })
})
