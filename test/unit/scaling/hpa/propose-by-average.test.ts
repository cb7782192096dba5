import { describe, expect, test } from '@jest/globals'
import {
  type PodsMetricInput,
  proposeByPodsMetric,
  proposeByResourceAverage,
  type ResourceAverageInput,
} from '../../../../src/scaling/index.ts'
import { somePods, usages, values } from './pods.ts'

const pending = (index: number): object => (index === 0 ? { phase: 'Pending' } : {})

describe('a pods metric', () => {
  type Row = readonly [string, Partial<PodsMetricInput> & Pick<PodsMetricInput, 'samples'>, object]
  test.each<Row>([
    ['grows by the ratio', { samples: values(20, 10, 30) }, { replicas: 4, averageMilli: 20_000, rule: 'ratio', countedPods: 3 }],
    ['shrinks by the ratio', { samples: values(12, 12, 12, 12, 12), currentReplicas: 5, targetAverageValue: 20 }, { replicas: 3 }],
    ['the end of the tolerance stays', { samples: values(16.5, 16.5, 16.5) }, { replicas: 3, rule: 'within-tolerance' }],
    ['beyond it grows', { samples: values(16.6, 16.6, 16.6) }, { replicas: 4 }],
    // 0.001 and 0.002 are 1 and 2 thousandths: their mean is cut to 1, exactly the target.
    [
      'the mean is whole thousandths',
      { samples: values(0.001, 0.002), currentReplicas: 2, targetAverageValue: 0.001 },
      { replicas: 2, averageMilli: 1 },
    ],
    // Over the two others 30; over three 20, 4/3 × 3.
    [
      'a pending pod damps growth',
      { samples: values(99, 30, 30), pods: somePods(3, pending) },
      { replicas: 4, filledIn: { missing: 0, unready: 1, ratio: 20 / 15 } },
    ],
    [
      'a pending pod is left out on the way down',
      { samples: values(undefined, 5, 5), pods: somePods(3, pending) },
      { replicas: 1, rule: 'ratio' },
    ],
    // (5 + 5 + 15) / 3 = 8.333 in whole thousandths; over 15 times 3.
    [
      'a missing pod is at the target on the way down',
      { samples: values(5, 5) },
      { replicas: 2, rule: 'filled', filledIn: { missing: 1, unready: 0, ratio: 8.333 / 15 } },
    ],
    ['a missing pod is idle on the way up', { samples: values(40, 40) }, { replicas: 6, rule: 'filled' }],
    ['growth that idle pods would undo is none', { samples: values(20) }, { replicas: 3, rule: 'direction-kept' }],
    [
      'readiness is not looked at',
      { samples: values(30, 30, 30), pods: somePods(3, () => ({ ready: false, startedAtMs: undefined })) },
      { replicas: 6 },
    ],
    [
      'a sample of a stranger counts, as upstream has it',
      { samples: { ...values(15, 15, 15), stranger: { value: 75 } } },
      { replicas: 6, averageMilli: 30_000 },
    ],
    ['no pods', { samples: values(1), pods: [] }, { error: 'the selector matches no pods' }],
    ['no samples', { samples: {} }, { error: expect.stringContaining('no sample') }],
    ['no number', { samples: values(Number.NaN) }, { error: 'the value is not a number' }],
  ])('%s', (_, input, expected) => {
    const { currentReplicas = 3 } = input
    expect(proposeByPodsMetric({ currentReplicas, targetAverageValue: 15, pods: somePods(currentReplicas), ...input })).toMatchObject(
      expected,
    )
  })
})

describe('the average of a resource', () => {
  type Row = readonly [string, Partial<ResourceAverageInput> & Pick<ResourceAverageInput, 'samples'>, object]
  const starting = (index: number): object => (index === 0 ? { startedAtMs: 0, ready: false, readyTransitionAtMs: 0 } : {})
  test.each<Row>([
    ['grows by the ratio', { samples: usages(300, 500, 700), targetMilli: 300 }, { replicas: 5, averageMilli: 500 }],
    ['no request is needed', { samples: usages(100, 100, 100), targetMilli: 200 }, { replicas: 2 }],
    [
      'the mean is cut to whole milli-units',
      { samples: usages(330, 331, 331), targetMilli: 300 },
      { replicas: 3, averageMilli: 330, rule: 'within-tolerance' },
    ],
    // Two ready at 600, ratio 2; over three 400, 4/3 × 3.
    [
      'a young pod damps growth of cpu',
      { samples: usages(900, 500, 700), targetMilli: 300, pods: somePods(3, starting) },
      { replicas: 4, averageMilli: 600 },
    ],
    [
      'but not of memory',
      { samples: usages(900, 500, 700), targetMilli: 300, resource: 'memory', pods: somePods(3, starting) },
      { replicas: 7 },
    ],
    ['no samples', { samples: {} }, { error: expect.stringContaining('no sample') }],
    ['no pods', { samples: usages(1), pods: [] }, { error: 'the selector matches no pods' }],
  ])('%s', (_, input, expected) => {
    const { currentReplicas = 3 } = input
    const pods = somePods(currentReplicas)
    expect(proposeByResourceAverage({ currentReplicas, targetMilli: 100, resource: 'cpu', pods, nowMs: 0, ...input })).toMatchObject(
      expected,
    )
  })
})
