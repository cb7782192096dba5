import { describe, expect, test } from '@jest/globals'
import { proposeByResourceUtilization, type ResourceUtilizationInput } from '../../../../src/scaling/index.ts'
import { requests, somePods, usages } from './pods.ts'

function propose(
  input: Partial<ResourceUtilizationInput> & Pick<ResourceUtilizationInput, 'samples'>,
): ReturnType<typeof proposeByResourceUtilization> {
  const { currentReplicas = 3 } = input
  return proposeByResourceUtilization({
    currentReplicas,
    targetUtilization: 50,
    resource: 'cpu',
    pods: somePods(currentReplicas),
    requestsMilli: requests(...Array.from({ length: Math.max(currentReplicas, 1) }, () => 1000)),
    nowMs: 0,
    ...input,
  })
}

describe('all pods counted', () => {
  test.each<readonly [string, readonly number[], number, number, number, number]>([
    // usages, target, current, utilisation, replicas
    ['grows by the ratio', [300, 500, 700], 30, 3, 50, 5],
    ['shrinks by the ratio', [100, 300, 500, 250, 250], 50, 5, 28, 3],
    ['the upper end of the tolerance stays', [550, 550], 50, 2, 55, 2],
    ['above it grows', [560, 560], 50, 2, 56, 3],
    ['the lower end of the tolerance stays', [450, 450], 50, 2, 45, 2],
    ['below it may still round up to the same', [440, 440], 50, 2, 44, 2],
    ['idle pods make 0', [0, 0, 0], 50, 3, 0, 0],
    // 1679 of 3000 is 55.97 %, cut to 55: within the tolerance. With the fraction it would grow.
    ['the fraction is cut before the ratio is taken', [559, 560, 560], 50, 3, 55, 3],
    ['growth to many', Array.from({ length: 4 }, () => 4000), 50, 4, 400, 32],
  ])('%s', (_, used, targetUtilization, currentReplicas, utilization, replicas) => {
    expect(propose({ samples: usages(...used), targetUtilization, currentReplicas })).toMatchObject({ utilization, replicas })
  })

  test('the mean use is whole milli-units', () => {
    expect(propose({ samples: usages(300, 500, 701) })).toMatchObject({ averageMilli: 500, countedPods: 3 })
  })

  test('requests of different size weigh differently', () => {
    // 900 of 3000 is 30 %: 0.6 × 2 = 1.2.
    const unequal = { samples: usages(100, 800), currentReplicas: 2, requestsMilli: requests(1000, 2000) }
    expect(propose(unequal)).toMatchObject({ utilization: 30, replicas: 2 })
  })

  test('the ratio multiplies the ready pods, not the wanted size', () => {
    // Two pods at 100 %, though five are wanted: 2 × 2 = 4 is a smaller size than the current one.
    expect(propose({ samples: usages(1000, 1000), currentReplicas: 5, pods: somePods(2) })).toMatchObject({ replicas: 4 })
  })

  test('sums beyond the safe integers keep the cut exact', () => {
    // 64 GiB each, in thousandths of a byte, at 55 of 100: the doubles' quotient would be free to fall below 55.
    const bytes = 64 * 2 ** 30 * 1000
    const many = {
      samples: usages(bytes * 0.55, bytes * 0.55),
      requestsMilli: requests(bytes, bytes),
      currentReplicas: 2,
      resource: 'memory',
    }
    expect(propose(many)).toMatchObject({ utilization: 55, replicas: 2 })
  })
})

describe('pods that count for less', () => {
  const unready = (index: number): object => (index === 0 ? { ready: false, startedAtMs: 0, readyTransitionAtMs: 0 } : {})

  test('an unready pod damps growth as if idle', () => {
    // 60 % over the two ready: ratio 2; over three 40 %: ratio 4/3, 4 pods.
    const samples = usages(900, 500, 700)
    expect(propose({ samples, targetUtilization: 30, pods: somePods(3, unready) })).toMatchObject({
      replicas: 4,
      utilization: 60,
      rule: 'filled',
      filledIn: { unready: 1, missing: 0, ratio: 40 / 30 },
    })
  })

  test('an unready pod is left out on the way down', () => {
    // 25 % over two: ratio 0.5 times the two ready pods.
    expect(propose({ samples: usages(900, 200, 300), pods: somePods(3, unready) })).toMatchObject({ replicas: 1, rule: 'ratio' })
  })

  test('memory does not look at readiness', () => {
    expect(
      propose({ samples: usages(900, 500, 700), targetUtilization: 30, resource: 'memory', pods: somePods(3, unready) }),
    ).toMatchObject({
      utilization: 70,
      replicas: 7,
    })
  })

  test('growth that idle pods would undo is none', () => {
    // 60 % at target 50 over one pod; over three 20 %.
    const pending = somePods(3, (index) => (index > 0 ? { phase: 'Pending' as const } : {}))
    expect(propose({ samples: usages(600), pods: pending })).toMatchObject({ replicas: 3, rule: 'direction-kept' })
  })

  test('growth that idle pods bring within the tolerance is none', () => {
    // 80 % over one pod, ratio 1.6; over 40 % of two at target 40 it is exactly 1.
    const pending = somePods(2, (index) => (index > 0 ? { phase: 'Pending' as const } : {}))
    expect(propose({ samples: usages(800), targetUtilization: 40, currentReplicas: 2, pods: pending })).toMatchObject({
      replicas: 2,
      rule: 'filled-within-tolerance',
    })
  })

  test('a missing pod is fully used on the way down', () => {
    // 20 % over two at target 100: ratio 0.2. With the third at 100 %: (200+200+1000)/3000 = 46 %, 0.46 × 3 = 1.38.
    expect(propose({ samples: usages(200, 200), targetUtilization: 100 })).toMatchObject({
      replicas: 2,
      utilization: 20,
      filledIn: { missing: 1, unready: 0, ratio: 0.46 },
    })
  })

  test('a missing pod is at the target where that is above 100 %', () => {
    // Target 300 %: 300 of 2000 is 15 %, ratio 0.05. The third at 3000: 3300/3000 = 110 %, 0.3667 × 3 = 1.1.
    expect(propose({ samples: usages(200, 100), targetUtilization: 300 })).toMatchObject({ replicas: 2, utilization: 15 })
  })

  test('a missing pod is idle on the way up', () => {
    // 90 % over two, ratio 1.8; over three 60 %, 1.2 × 3 = 3.6.
    expect(propose({ samples: usages(900, 900) })).toMatchObject({ replicas: 4, rule: 'filled' })
  })

  test('missing pods keep a shrinking size where they would make it grow', () => {
    // 40 % at target 50; two missing at 100 %: 80 %.
    expect(propose({ samples: usages(400) })).toMatchObject({ replicas: 3, rule: 'direction-kept' })
  })

  test('missing and unready pods together on the way up, unready left out on the way down', () => {
    const pods = somePods(4, (index) => (index === 3 ? { phase: 'Pending' as const } : {}))
    const requestsMilli = requests(1000, 1000, 1000, 1000)
    // 200 % over one (p1, p2 missing, p3 pending): over four 50 % is the target.
    expect(propose({ samples: usages(2000), currentReplicas: 4, pods, requestsMilli })).toMatchObject({
      replicas: 4,
      filledIn: { missing: 2, unready: 1 },
    })
    // 10 % over two with p2 missing at 100 %: 40 %, 0.8 × 3 = 2.4; the pending pod does not count.
    expect(propose({ samples: usages(100, 100), currentReplicas: 4, pods, requestsMilli })).toMatchObject({ replicas: 3, countedPods: 3 })
  })

  test('a ratio of exactly 1 fills nothing in', () => {
    expect(propose({ samples: usages(500, 500) })).toMatchObject({ replicas: 3, rule: 'filled-within-tolerance', filledIn: { ratio: 1 } })
  })

  test('growth that would end below the current size keeps it', () => {
    // Two pods at 60 % of target 50, six wanted: 1.2 filled by one missing 0.8 turns; without tolerance in play: 3 pods at 80 %, one missing:
    // 60 % over four is 1.2 × 4 = 5, below 6.
    expect(propose({ samples: usages(800, 800, 800), currentReplicas: 6, pods: somePods(4) })).toMatchObject({
      replicas: 6,
      rule: 'direction-kept',
    })
  })

  test('pods being deleted or failed do not count', () => {
    const pods = somePods(3, (index) => (index === 0 ? { deleting: true } : {}))
    expect(propose({ samples: usages(9000, 500, 500), pods })).toMatchObject({ replicas: 3, utilization: 50, countedPods: 2 })
  })

  test('each direction has its own tolerance', () => {
    const tolerance = { scaleUp: 0.5, scaleDown: 0 }
    expect(propose({ samples: usages(750, 750, 750), tolerance })).toMatchObject({ replicas: 3 })
    expect(propose({ samples: usages(490, 490, 490), tolerance, currentReplicas: 3 })).toMatchObject({ rule: 'ratio', replicas: 3 })
  })
})

describe('errors', () => {
  test.each<readonly [string, Partial<ResourceUtilizationInput> & Pick<ResourceUtilizationInput, 'samples'>, RegExp]>([
    ['no pods', { samples: usages(1), pods: [] }, /no pods/],
    ['no samples', { samples: {} }, /no sample of any pod/],
    ['samples of unready pods only', { samples: usages(1), pods: somePods(1, () => ({ phase: 'Pending' })) }, /no sample of any pod/],
    [
      'one pod without a request',
      { samples: usages(1, 1, 1), requestsMilli: requests(1000, undefined, 1000) },
      /p1 has no request for cpu/,
    ],
    [
      'a pod without a request that would not even count',
      { samples: usages(1, 1), requestsMilli: requests(1000, 1000), pods: somePods(3, (index) => (index === 2 ? { deleting: true } : {})) },
      /p2 has no request/,
    ],
    ['samples are looked for first', { samples: {}, requestsMilli: {} }, /no sample of any pod/],
    ['samples of strangers only', { samples: { stranger: { usageMilli: 100 } }, currentReplicas: 1 }, /no sample belongs to a known pod/],
    ['what is no number', { samples: usages(Number.NaN) }, /not a number/],
  ])('%s', (_, input, error) => {
    const proposal = propose(input)
    expect(proposal.replicas).toBeUndefined()
    expect(proposal.error).toMatch(error)
  })
})
