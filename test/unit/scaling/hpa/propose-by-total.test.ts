import { describe, expect, test } from '@jest/globals'
import { proposeByAverageValue, proposeByValue, type TotalReading } from '../../../../src/scaling/index.ts'
import { somePods } from './pods.ts'

const MOST = 2_147_483_647

describe('value', () => {
  test.each<readonly [string, TotalReading, number, number, object]>([
    // reading, target, current
    ['grows by the ratio times ready pods', { value: 20 }, 15, 3, { replicas: 4, ratio: 20 / 15, readyPods: 3 }],
    ['shrinks', { value: 5 }, 20, 5, { replicas: 2 }],
    ['the upper end of the tolerance stays', { value: 3.3 }, 3, 3, { replicas: 3, rule: 'within-tolerance' }],
    ['the lower end of the tolerance stays', { value: 9 }, 10, 3, { replicas: 3, rule: 'within-tolerance' }],
    ['series are summed', { values: [4, 6, 10] }, 10, 3, { replicas: 6, value: 20 }],
    ['no series is 0', { values: [] }, 10, 3, { replicas: 0 }],
    ['a negative value makes 0', { value: -5 }, 10, 3, { replicas: 0 }],
    ['a negative series may cancel another', { values: [-5, 25] }, 10, 2, { replicas: 4 }],
    ['at 0 the ratio alone', { value: 25 }, 10, 0, { replicas: 3 }],
    ['at 0 without tolerance', { value: 10.5 }, 10, 0, { replicas: 2 }],
    ['at 0 with nothing to do', { value: 0 }, 10, 0, { replicas: 0 }],
    ['more than any size', { value: 1e15 }, 1, 3, { replicas: MOST }],
    ['decimal fractions are thousandths', { value: 2.1 }, 0.7, 1, { replicas: 3 }],
    ['parts of a thousandth are rounded up', { value: 1.1001 }, 1, 10, { replicas: 12, value: 1.101 }],
    ['no number', { value: Number.NaN }, 1, 3, { error: 'the value is not a number' }],
  ])('%s', (_, reading, targetValue, currentReplicas, expected) => {
    expect(proposeByValue({ ...reading, targetValue, currentReplicas, pods: somePods(currentReplicas) })).toMatchObject(expected)
  })

  test('only running and ready pods multiply, whether or not they are being deleted', () => {
    const pods = somePods(4, (index) => [{}, { deleting: true }, { ready: false }, { phase: 'Pending' as const }][index] ?? {})
    expect(proposeByValue({ value: 40, targetValue: 10, currentReplicas: 4, pods })).toMatchObject({ replicas: 8, readyPods: 2 })
  })

  test('no ready pod makes 0, no pod at all is an error unless nothing is to change', () => {
    const notReady = somePods(2, () => ({ ready: false }))
    expect(proposeByValue({ value: 40, targetValue: 10, currentReplicas: 2, pods: notReady })).toMatchObject({ replicas: 0 })
    expect(proposeByValue({ value: 40, targetValue: 10, currentReplicas: 2, pods: [] })).toEqual({ error: 'the selector matches no pods' })
    expect(proposeByValue({ value: 10, targetValue: 10, currentReplicas: 2, pods: [] })).toMatchObject({ replicas: 2 })
  })
})

describe('average value', () => {
  test.each<readonly [string, TotalReading, number, number, object]>([
    // reading, target, status replicas
    ['total over target', { value: 45 }, 10, 3, { replicas: 5, ratio: 1.5 }],
    ['whatever the pods are like: from one to many at once', { value: 1000 }, 10, 1, { replicas: 100 }],
    ['the upper end of the tolerance stays', { value: 55 }, 10, 5, { replicas: 5, rule: 'within-tolerance' }],
    ['beyond it the total counts', { value: 55.1 }, 10, 5, { replicas: 6 }],
    ['the lower end of the tolerance stays', { value: 45 }, 10, 5, { replicas: 5, rule: 'within-tolerance' }],
    ['below it may round up to the same', { value: 44.9 }, 10, 5, { replicas: 5, rule: 'ratio' }],
    ['nothing to do', { value: 0 }, 10, 5, { replicas: 0 }],
    ['series are summed', { values: [10, 20, 15] }, 10, 1, { replicas: 5, value: 45 }],
    ['at 0 pods nothing is within the tolerance', { value: 45 }, 10, 0, { replicas: 5 }],
    ['at 0 pods nothing to do', { value: 0 }, 10, 0, { replicas: 0 }],
    ['a negative sum is an overflow', { value: -1 }, 10, 5, { replicas: MOST }],
    ['also half-way', { values: [-1, 100] }, 10, 5, { replicas: MOST }],
    ['not while the sum stays positive', { values: [100, -50] }, 10, 1, { replicas: 5 }],
    ['more than any size', { value: 1e15 }, 1, 3, { replicas: MOST }],
    // As doubles 0.3 / 0.1 is below 3 and 0.7 / 0.1 too, 2.1 / 0.7 above.
    ['decimal fractions are thousandths', { value: 2.1 }, 0.7, 1, { replicas: 3 }],
    ['no number', { value: Number.NaN }, 1, 3, { error: 'the value is not a number' }],
  ])('%s', (_, reading, targetAverageValue, statusReplicas, expected) => {
    expect(proposeByAverageValue({ ...reading, targetAverageValue, statusReplicas })).toMatchObject(expected)
  })

  test('a negative object metric makes 0', () => {
    expect(proposeByAverageValue({ type: 'Object', value: -1, targetAverageValue: 10, statusReplicas: 5 })).toMatchObject({ replicas: 0 })
  })
})
