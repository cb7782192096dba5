import { describe, expect, test } from '@jest/globals'
import { type HpaMetric, type HpaState, type HpaSyncInput, syncHpa } from '../../../../src/scaling/index.ts'
import { queue, runPasses, sizes } from './passes.ts'
import { somePods, usages } from './pods.ts'

const spec = { minReplicas: 1, maxReplicas: 100 }
const gone = { error: 'no answer' }

describe('sizes over passes', () => {
  test('growth without limit: the two defaults', () => {
    expect(sizes({ spec, start: 1, passes: 6, load: () => 1000 })).toBe('4 8 16 32 64 100')
    expect(sizes({ spec: { ...spec, behavior: {} }, start: 1, passes: 6, load: () => 1000 })).toBe('5 10 20 40 80 100')
  })

  test('without a behavior one spike pulls for five minutes, its end included', () => {
    expect(sizes({ spec, start: 1, passes: 22, load: (pass) => (pass === 0 ? 1000 : 10) })).toBe('4 8 16 32 64 100×16 1')
  })

  test('with a behavior a spike is followed once; its wish holds for just under five minutes', () => {
    // Pass 0 sets 5; from then on the wish of 1 lies below, and that of 100 holds the current size.
    expect(sizes({ spec: { ...spec, behavior: {} }, start: 1, passes: 22, load: (pass) => (pass === 0 ? 1000 : 10) })).toBe('5×20 1×2')
  })

  test('the first pass logs the current size, so nothing shrinks for five minutes', () => {
    expect(sizes({ spec, start: 10, passes: 22, load: () => 0 })).toBe('10×21 1')
    expect(sizes({ spec: { ...spec, behavior: {} }, start: 10, passes: 22, load: () => 0 })).toBe('10×20 1×2')
  })

  test('windows of both directions', () => {
    const behavior = { scaleUp: { stabilizationWindowSeconds: 60 }, scaleDown: { stabilizationWindowSeconds: 120 } }
    const load = (pass: number): number => (pass < 5 ? 80 : 20)
    // Growth waits until the size at the start is 60 s old (pass 4); the last wish for 8, of 60 s, is 120 s old at pass 12.
    expect(sizes({ spec: { ...spec, behavior }, start: 5, passes: 14, load })).toBe('5×4 8×8 2×2')
  })

  test('a policy of two pods a minute', () => {
    const behavior = { scaleUp: { policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] } } as const
    expect(sizes({ spec: { ...spec, behavior }, start: 1, passes: 9, load: () => 1000 })).toBe('3×4 5×4 7')
  })

  test('shrinking by a tenth in a minute', () => {
    const scaleDown = { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] } as const
    expect(sizes({ spec: { ...spec, behavior: { scaleDown } }, start: 50, passes: 9, load: () => 0 })).toBe('45×4 40×4 36')
  })

  test('a direction that is disabled', () => {
    const load = (pass: number): number => (pass < 2 ? 80 : 10)
    expect(sizes({ spec: { ...spec, behavior: { scaleUp: { selectPolicy: 'Disabled' } } }, start: 5, passes: 25, load })).toBe('5×21 1×4')
    const down = { scaleDown: { selectPolicy: 'Disabled' } } as const
    expect(sizes({ spec: { ...spec, behavior: down }, start: 5, passes: 60, load })).toBe('8×60')
  })

  test('a longer time between passes than the windows', () => {
    expect(sizes({ spec, start: 8, passes: 3, load: () => 20, everySeconds: 600 })).toBe('8 2×2')
  })

  test('wishes survive a sleep at 0', () => {
    const before = runPasses({ spec, start: 1, passes: 2, load: () => 1000 }).at(-1)?.state
    const asleep = syncHpa({ spec, specReplicas: 0, metrics: [queue(0)], state: before, nowMs: 60_000 })
    expect(asleep).toMatchObject({ replicas: 0, rescale: false })
    expect(syncHpa({ spec, specReplicas: 1, metrics: [queue(5)], state: asleep.state, nowMs: 75_000 }).replicas).toBe(4)
  })
})

function pass(input: Partial<HpaSyncInput>): ReturnType<typeof syncHpa> {
  return syncHpa({ spec, specReplicas: 5, metrics: [queue(50)], nowMs: 0, ...input })
}

function reasons(result: ReturnType<typeof syncHpa>): string {
  return result.conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`).join(', ')
}

describe('conditions', () => {
  test.each<readonly [string, Partial<HpaSyncInput>, number, string]>([
    [
      'nothing to do',
      {},
      5,
      'AbleToScale=True ReadyForNewScale, ScalingActive=True ValidMetricFound, ScalingLimited=False DesiredWithinRange',
    ],
    [
      'growth',
      { metrics: [queue(80)] },
      8,
      'AbleToScale=True SucceededRescale, ScalingActive=True ValidMetricFound, ScalingLimited=False DesiredWithinRange',
    ],
    [
      'growth at its limit',
      { metrics: [queue(800)] },
      10,
      'AbleToScale=True SucceededRescale, ScalingActive=True ValidMetricFound, ScalingLimited=True ScaleUpLimit',
    ],
    [
      'growth at the maximum',
      { metrics: [queue(800)], spec: { maxReplicas: 7 } },
      7,
      'AbleToScale=True SucceededRescale, ScalingActive=True ValidMetricFound, ScalingLimited=True TooManyReplicas',
    ],
    [
      'held by the first wish',
      { metrics: [queue(10)] },
      5,
      'AbleToScale=True ScaleDownStabilized, ScalingActive=True ValidMetricFound, ScalingLimited=False DesiredWithinRange',
    ],
    [
      'no wish at all',
      { metrics: [queue(0)], controller: { downscaleStabilizationMs: -1 } },
      1,
      'AbleToScale=True SucceededRescale, ScalingActive=True ValidMetricFound, ScalingLimited=True TooFewReplicas',
    ],
    [
      'growth is waited with',
      { metrics: [queue(80)], spec: { ...spec, behavior: { scaleUp: { stabilizationWindowSeconds: 60 } } } },
      5,
      'AbleToScale=True ScaleUpStabilized, ScalingActive=True ValidMetricFound, ScalingLimited=False DesiredWithinRange',
    ],
    [
      'one metric failed and the other grows',
      { metrics: [queue(gone), queue(80)] },
      8,
      'AbleToScale=True SucceededRescale, ScalingActive=True ValidMetricFound, ScalingLimited=False DesiredWithinRange',
    ],
    [
      'one metric failed and the other would shrink',
      { metrics: [queue(10), queue(gone)] },
      5,
      'AbleToScale=True SucceededGetScale, ScalingActive=False FailedGetExternalMetric',
    ],
    ['all failed', { metrics: [queue(gone)] }, 5, 'AbleToScale=True SucceededGetScale, ScalingActive=False FailedGetExternalMetric'],
    ['no metric', { metrics: [] }, 5, 'AbleToScale=True SucceededGetScale, ScalingActive=False InvalidMetricSourceType'],
    ['at 0', { specReplicas: 0 }, 0, 'AbleToScale=True SucceededGetScale, ScalingActive=False ScalingDisabled'],
    ['above the maximum, whatever the metrics', { specReplicas: 101, metrics: [queue(gone)] }, 100, 'AbleToScale=True SucceededRescale'],
    ['below the minimum', { specReplicas: 2, spec: { minReplicas: 3, maxReplicas: 9 } }, 3, 'AbleToScale=True SucceededRescale'],
  ])('%s', (_, input, replicas, expected) => {
    const result = pass(input)
    expect(result.replicas).toBe(replicas)
    expect(reasons(result)).toBe(expected)
    expect(result.rescale).toBe(replicas !== (input.specReplicas ?? 5))
  })

  test('they last from pass to pass, and keep the time of their last change of status', () => {
    const limited = pass({ metrics: [queue(800)] })
    const later = pass({ specReplicas: 10, metrics: [queue(gone)], state: limited.state, nowMs: 15_000 })
    expect(reasons(later)).toBe(
      'AbleToScale=True SucceededGetScale, ScalingActive=False FailedGetExternalMetric, ScalingLimited=True ScaleUpLimit',
    )
    expect(later.conditions.map(({ lastTransitionAtMs }) => lastTransitionAtMs)).toEqual([0, 15_000, 0])
    expect(later.state.lastScaleAtMs).toBe(0)
  })

  test.each<readonly [HpaMetric, string]>([
    [{ type: 'Resource', name: 'cpu', target: { averageUtilization: 50 }, reading: gone }, 'FailedGetResourceMetric'],
    [
      { type: 'ContainerResource', name: 'cpu', container: 'app', target: { averageUtilization: 50 }, reading: gone },
      'FailedGetContainerResourceMetric',
    ],
    [{ type: 'Pods', name: 'rps', target: { averageValue: 5 }, reading: gone }, 'FailedGetPodsMetric'],
    [{ type: 'Object', name: 'hits', target: { value: 5 }, reading: gone }, 'FailedGetObjectMetric'],
    [{ ...queue(1), type: 'Else' } as unknown as HpaMetric, 'InvalidMetricSourceType'],
  ])('%j fails', (metric, reason) => {
    const result = pass({ metrics: [metric] })
    expect(result.replicas).toBe(5)
    expect(result.proposals).toMatchObject([{ reason }])
    expect(reasons(result)).toContain(`ScalingActive=False ${reason}`)
  })
})

describe('what a pass looks at', () => {
  test('averages of totals count from pods that exist, values from pods that are ready', () => {
    const value: HpaMetric = { type: 'External', name: 'v', target: { value: 10 }, reading: { value: 20 } }
    // 60 over 6 pods is the target: so 6, not the 5 that are wanted.
    expect(pass({ statusReplicas: 6, metrics: [queue(60)] }).replicas).toBe(6)
    expect(pass({ statusReplicas: 6, metrics: [value], pods: somePods(6, (index) => (index < 3 ? {} : { ready: false })) }).replicas).toBe(
      6,
    )
  })

  test('a container asks like a resource', () => {
    const reading = { samples: usages(100, 100), requestsMilli: { p0: 100, p1: 100 } }
    const metric: HpaMetric = { type: 'ContainerResource', name: 'cpu', container: 'app', target: { averageUtilization: 50 }, reading }
    expect(pass({ specReplicas: 2, metrics: [metric], pods: somePods(2) }).proposals).toMatchObject([
      { metric: 'cpu of container app', replicas: 4 },
    ])
  })

  test('pods that just started neither speed growth up nor slow it down', () => {
    const metric: HpaMetric = {
      type: 'Resource',
      name: 'cpu',
      target: { averageUtilization: 50 },
      reading: { samples: usages(1000, 900), requestsMilli: { p0: 500, p1: 500 } },
    }
    const pods = somePods(2, (index) => (index === 0 ? {} : { startedAtMs: -10_000, ready: true, readyTransitionAtMs: -5000 }))
    // Without the second 200 %: ratio 4. With it idle 100 %: 2 × 2.
    const samples = { p0: { usageMilli: 1000, atMs: 0, windowMs: 15_000 }, p1: { usageMilli: 900, atMs: 0, windowMs: 15_000 } }
    expect(pass({ specReplicas: 2, metrics: [{ ...metric, reading: { ...metric.reading, samples } } as HpaMetric], pods }).replicas).toBe(4)
  })

  test('each direction may have its own tolerance', () => {
    const behavior = { scaleUp: { tolerance: 0 }, scaleDown: { tolerance: 0.5, stabilizationWindowSeconds: 0 } }
    expect(pass({ metrics: [queue(51)], spec: { ...spec, behavior } }).replicas).toBe(6)
    expect(pass({ metrics: [queue(26)], spec: { ...spec, behavior } }).replicas).toBe(5)
    expect(pass({ metrics: [queue(24)], spec: { ...spec, behavior } }).replicas).toBe(3)
    expect(pass({ metrics: [queue(59)], controller: { tolerance: 0.2 } }).replicas).toBe(5)
  })

  test('a correction counts against policies, and only where there are any', () => {
    const behavior = { scaleUp: { policies: [{ type: 'Pods', value: 4, periodSeconds: 60 }] } } as const
    const corrected = pass({ specReplicas: 1, spec: { minReplicas: 4, maxReplicas: 100, behavior } })
    expect(corrected).toMatchObject({ replicas: 4, state: { upEvents: [{ change: 3, atMs: 0 }], downEvents: [] } })
    const next = pass({
      specReplicas: 4,
      metrics: [queue(900)],
      state: corrected.state,
      spec: { minReplicas: 4, maxReplicas: 100, behavior },
      nowMs: 15_000,
    })
    expect(next.replicas).toBe(5)
    expect(pass({ specReplicas: 101 }).state).toMatchObject({ upEvents: [], downEvents: [], recommendations: [{ replicas: 101, atMs: 0 }] })
  })

  test('a failed pass logs no wish', () => {
    const log = [{ replicas: 7, atMs: -1000 }]
    expect(pass({ metrics: [queue(gone)], state: { recommendations: log } }).state.recommendations).toEqual(log)
  })
})

describe('at 0 replicas', () => {
  const toZero = { minReplicas: 0, maxReplicas: 10 }
  const slept: Partial<HpaState> = {
    conditions: [{ type: 'ScaledToZero', status: 'True', reason: 'ScaledToZero', message: '', lastTransitionAtMs: 0 }],
  }
  const pods: HpaMetric = { type: 'Pods', name: 'rps', target: { averageValue: 5 }, reading: { samples: {} } }
  type Row = readonly [string, Partial<HpaSyncInput>, number]
  test.each<Row>([
    ['1.35 with a minimum', { spec }, 0],
    ['1.35 without one', { spec: { maxReplicas: 10 } }, 0],
    ['1.35 with a minimum of 0', { spec: toZero }, 3],
    ['1.36', { spec: toZero, controller: { version: '1.36' }, state: slept }, 0],
    ['1.36 with the gate', { spec: toZero, controller: { version: '1.36', scaleToZero: true }, state: slept }, 3],
    ['1.37 after its own zero', { spec: toZero, controller: { version: '1.37' }, state: slept }, 3],
    ['1.37 after the zero of somebody else', { spec: toZero, controller: { version: '1.37' } }, 0],
    ['1.37 without the gate', { spec: toZero, controller: { version: '1.37', scaleToZero: false }, state: slept }, 0],
    ['1.37 with metrics of pods only', { spec: toZero, controller: { version: '1.37' }, state: slept, metrics: [pods] }, 0],
    [
      '1.37 with a minimum set since',
      { spec: { minReplicas: 2, maxReplicas: 10 }, controller: { version: '1.37' }, state: slept, metrics: [queue(0)] },
      2,
    ],
  ])('%s', (_, input, replicas) => {
    expect(pass({ specReplicas: 0, statusReplicas: 0, metrics: [queue(25)], ...input }).replicas).toBe(replicas)
  })

  test('1.37 remembers who went to zero', () => {
    const last = {
      specReplicas: 1,
      metrics: [queue(0)],
      spec: toZero,
      controller: { version: '1.37', downscaleStabilizationMs: -1 },
    } as const
    const asleep = pass(last)
    expect(asleep.replicas).toBe(0)
    expect(reasons(asleep)).toContain('ScaledToZero=True ScaledToZero')
    const awake = pass({ ...last, specReplicas: 0, metrics: [queue(5)], state: asleep.state, nowMs: 15_000 })
    expect(awake.replicas).toBe(1)
    expect(reasons(awake)).toContain('ScaledToZero=False NotScaledToZero')
    expect(reasons(pass({ ...last, controller: { ...last.controller, version: '1.35' } }))).not.toContain('ScaledToZero')
  })
})
