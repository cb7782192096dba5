import { expect, test } from '@jest/globals'
import { type HpaMetric, type HpaState, type HpaSyncInput, syncHpa } from '../../../../src/scaling/index.ts'
import { queue, story } from './passes.ts'
import { somePods, usages, values } from './pods.ts'

const NOW = 1_000_000
const spec = { minReplicas: 2, maxReplicas: 20 }
const gone = { error: 'connection refused by redis:6379' }
const wished = (replicas: number, secondsAgo: number): Partial<HpaState> => ({
  recommendations: [{ replicas, atMs: NOW - secondsAgo * 1000 }],
})
const cpu = (reading: HpaMetric['reading']): HpaMetric =>
  ({ type: 'Resource', name: 'cpu', target: { averageUtilization: 50 }, reading }) as HpaMetric

function told(input: Partial<HpaSyncInput>): string {
  return story(syncHpa({ spec, specReplicas: 5, metrics: [queue(50)], nowMs: NOW, ...input }))
}

const rescaled = 'AbleToScale=True SucceededRescale\nScalingActive=True ValidMetricFound\n'

test('nothing to do', () => {
  expect(told({ metrics: [queue(52)] })).toBe(`\
metric 5 -> 5: external metric queue is 52, target 10 per replica: over 5 replicas the ratio 1.04 is within the tolerance of 0.9 to 1.1, so 5 stay
AbleToScale=True ReadyForNewScale
ScalingActive=True ValidMetricFound
ScalingLimited=False DesiredWithinRange`)
})

test('growth', () => {
  expect(told({ metrics: [queue(81.5)] })).toBe(`\
metric 5 -> 9: external metric queue is 81.5, target 10 per replica: total over target, rounded up, makes 9
${rescaled}ScalingLimited=False DesiredWithinRange`)
})

test('growth that doubling limits', () => {
  expect(told({ metrics: [queue(810)] })).toBe(`\
metric 5 -> 81: external metric queue is 810, target 10 per replica: total over target, rounded up, makes 81
rate 81 -> 10: without a behavior one pass grows to at most 2 times the size or 4, from 5 to 10
${rescaled}ScalingLimited=True ScaleUpLimit`)
})

test('growth to the maximum', () => {
  expect(told({ specReplicas: 15, metrics: [queue(810)] })).toBe(`\
metric 15 -> 81: external metric queue is 810, target 10 per replica: total over target, rounded up, makes 81
bounds 81 -> 20: 81 is above maxReplicas 20
${rescaled}ScalingLimited=True TooManyReplicas`)
})

test('shrinking that an earlier wish holds up in part, then the minimum', () => {
  expect(told({ metrics: [queue(1)], state: wished(3, 200) })).toBe(`\
metric 5 -> 1: external metric queue is 1, target 10 per replica: total over target, rounded up, makes 1
stabilisation 1 -> 3: 3 was wished for 200 s ago, and the largest wish of the last 300 s applies
${rescaled}ScalingLimited=False DesiredWithinRange`)
  expect(told({ metrics: [queue(1)], state: wished(3, 301) })).toBe(`\
metric 5 -> 1: external metric queue is 1, target 10 per replica: total over target, rounded up, makes 1
bounds 1 -> 2: 1 is below minReplicas 2
${rescaled}ScalingLimited=True TooFewReplicas`)
})

test('windows of a behavior', () => {
  const behavior = { scaleUp: { stabilizationWindowSeconds: 60 }, scaleDown: { stabilizationWindowSeconds: 120 } }
  const held = 'ScalingActive=True ValidMetricFound\nScalingLimited=False DesiredWithinRange'
  expect(told({ spec: { ...spec, behavior }, metrics: [queue(90)], state: wished(4, 30) })).toBe(`\
metric 5 -> 9: external metric queue is 90, target 10 per replica: total over target, rounded up, makes 9
stabilisation 9 -> 5: the smallest wish of the last 60 s is 4, so the size stays
AbleToScale=True ScaleUpStabilized
${held}`)
  expect(told({ spec: { ...spec, behavior }, metrics: [queue(20)], state: wished(4, 90) })).toBe(`\
metric 5 -> 2: external metric queue is 20, target 10 per replica: total over target, rounded up, makes 2
stabilisation 2 -> 4: the largest wish of the last 120 s is 4, and that applies
${rescaled}ScalingLimited=False DesiredWithinRange`)
})

test('policies of a behavior', () => {
  const policies = [
    { type: 'Pods', value: 1, periodSeconds: 60 },
    { type: 'Percent', value: 40, periodSeconds: 30 },
  ] as const
  const behavior = { scaleUp: { policies }, scaleDown: { selectPolicy: 'Disabled' } } as const
  const upEvents = [{ change: 1, atMs: NOW - 40_000 }]
  expect(told({ spec: { ...spec, behavior }, metrics: [queue(90)], state: { upEvents } })).toBe(`\
metric 5 -> 9: external metric queue is 90, target 10 per replica: total over target, rounded up, makes 9
rate 9 -> 7: scaleUp allows 1 pod in 60 s, 40 % in 30 s (Max of them), which with the changes of that time means 7 now
${rescaled}ScalingLimited=True ScaleUpLimit`)
  expect(told({ spec: { ...spec, behavior }, metrics: [queue(20)], state: wished(2, 400) })).toBe(`\
metric 5 -> 2: external metric queue is 20, target 10 per replica: total over target, rounded up, makes 2
rate 2 -> 5: scaleDown has selectPolicy Disabled, so 5 stay
AbleToScale=True ReadyForNewScale
ScalingActive=True ValidMetricFound
ScalingLimited=True ScaleDownLimit`)
})

test('several metrics, with and without errors', () => {
  const value: HpaMetric = { type: 'Object', name: 'hits', target: { value: 10 }, reading: { value: 14 } }
  const pods = somePods(5, (index) => (index === 4 ? { ready: false } : {}))
  expect(told({ metrics: [queue(70), value], pods })).toBe(`\
metric 5 -> 7: external metric queue is 70, target 10 per replica: total over target, rounded up, makes 7
metric 5 -> 6: object metric hits is 14, target 10: the ratio 1.4 times 4 ready pods, rounded up, makes 6
maximum 5 -> 7: the largest of 2 metrics is external metric queue with 7
${rescaled}ScalingLimited=False DesiredWithinRange`)
  expect(told({ metrics: [queue(gone), value], pods })).toBe(`\
metric 5 -> 5: external metric queue gives no size: connection refused by redis:6379
metric 5 -> 6: object metric hits is 14, target 10: the ratio 1.4 times 4 ready pods, rounded up, makes 6
maximum 5 -> 6: the largest of 2 metrics is object metric hits with 6; 1 failed, which does not keep it from growing
${rescaled}ScalingLimited=False DesiredWithinRange`)
  expect(told({ metrics: [queue(30), queue(gone)] })).toBe(`\
metric 5 -> 3: external metric queue is 30, target 10 per replica: total over target, rounded up, makes 3
metric 5 -> 5: external metric queue gives no size: connection refused by redis:6379
maximum 5 -> 5: 1 of 2 metrics failed and the largest of the others is 3: with an error nothing shrinks
AbleToScale=True SucceededGetScale
ScalingActive=False FailedGetExternalMetric`)
  expect(told({ metrics: [queue(gone)] })).toBe(`\
metric 5 -> 5: external metric queue gives no size: connection refused by redis:6379
maximum 5 -> 5: the only metric failed, so nothing changes
AbleToScale=True SucceededGetScale
ScalingActive=False FailedGetExternalMetric`)
})

test('cpu with a pod that has no sample and one that is pending', () => {
  const requestsMilli = { p0: 100, p1: 100, p2: 100, p3: 100, p4: 100 }
  const pods = somePods(5, (index) => (index === 4 ? { phase: 'Pending' } : {}))
  // 110 % of three, ratio 2.2; 330 of 500 is 66 %: ratio 1.32 times 5.
  expect(told({ metrics: [cpu({ samples: usages(100, 110, 120), requestsMilli })], pods })).toBe(`\
metric 5 -> 7: cpu utilisation is 110 % of the requests, target 50 %: the ratio 2.2 becomes 1.32 with 1 pod without a sample counted as idle and 1 unready pod counted as idle; times 5 pods, rounded up, makes 7
${rescaled}ScalingLimited=False DesiredWithinRange`)
  // 40 % of three; with the fourth at 100 % 55 %.
  expect(told({ metrics: [cpu({ samples: usages(40, 40, 40), requestsMilli })], pods })).toContain(
    'cpu utilisation is 40 % of the requests, target 50 %: the ratio 0.8 becomes 1.1 with 1 pod without a sample counted as fully used, which is within the tolerance of 0.9 to 1.1, so 5 stay',
  )
  expect(told({ metrics: [cpu({ samples: usages(1) })], pods })).toContain('cpu gives no size: pod p0 has no request for cpu')
})

test('averages over pods', () => {
  const rps: HpaMetric = { type: 'Pods', name: 'rps', target: { averageValue: 15 }, reading: { samples: values(20, 20, 20, 20, 21) } }
  expect(told({ metrics: [rps], pods: somePods(5) })).toContain(
    'metric 5 -> 7: pods metric rps is 20.2 on average, target 15 per replica: the ratio 1.347 times 5 pods, rounded up, makes 7',
  )
})

test('bounds are put right at once', () => {
  expect(told({ specReplicas: 30, metrics: [queue(gone)] })).toBe(`\
bounds 30 -> 20: 30 is above maxReplicas 20, which is put right at once, before any metric is read
AbleToScale=True SucceededRescale`)
  expect(told({ specReplicas: 1 })).toBe(`\
bounds 1 -> 2: 1 is below minReplicas 2, which is put right at once, before any metric is read
AbleToScale=True SucceededRescale`)
})

test('at 0', () => {
  expect(told({ specReplicas: 0 })).toBe(`\
activation 0 -> 0: at 0 replicas the autoscaler does nothing; something else has to set 1
AbleToScale=True SucceededGetScale
ScalingActive=False ScalingDisabled`)
})
