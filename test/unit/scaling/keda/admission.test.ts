import { describe, expect, test } from '@jest/globals'
import {
  hpaActiveCondition,
  type ScalerPlace,
  type ValidationResult,
  validateNames,
  validateRequests,
  validateTargets,
} from '../../../../src/scaling/index.ts'

function rules({ problems }: ValidationResult): string {
  return problems.map(({ rule }) => rule).join(' ')
}

test.each([
  ['a'.repeat(54), undefined, ''],
  ['a'.repeat(55), undefined, 'hpa-name-too-long'],
  ['a'.repeat(63), 'short', ''],
  ['a'.repeat(64), 'short', 'name-too-long'],
  ['a', 'h'.repeat(64), 'hpa-name-too-long'],
  ['a'.repeat(55), '', 'hpa-name-too-long'],
])('the name %s with the HPA %s: %s', (name, hpaName, expected) => {
  expect(rules(validateNames({ name, ...(hpaName === undefined ? {} : { hpaName }) }))).toBe(expected)
})

describe('cpu and memory need requests', () => {
  const cpu = { type: 'cpu', metricType: 'Utilization' } as const
  const memory = { type: 'memory', metricType: 'AverageValue' } as const
  const app = { name: 'app', cpuMilli: 100, memoryBytes: 1 }
  const side = { name: 'side' }
  test.each([
    ['both given', [cpu, memory], [app], ''],
    ['one container without', [cpu], [app, side], 'missing-request'],
    ['only the named one counts', [{ ...cpu, containerName: 'app' }], [app, side], ''],
    ['the named one has none', [{ ...cpu, containerName: 'side' }], [app, side], 'missing-request'],
    ['a request of 0', [cpu], [{ ...app, cpuMilli: 0 }], 'missing-request'],
    ['each trigger by itself', [cpu, memory], [side], 'missing-request missing-request'],
    ['other triggers do not', [{ type: 'redis' }], [side], ''],
  ])('%s', (_name, triggers, containers, expected) => {
    expect(rules(validateRequests({ triggers, containers }))).toBe(expected)
  })

  test('names trigger and container', () => {
    expect(validateRequests({ triggers: [cpu], containers: [side] }).problems[0]).toMatchObject({
      message: 'the cpu trigger needs a cpu request, and container "side" has none',
      hint: 'give it resources.requests.cpu',
    })
  })
})

describe('one target has one scaler', () => {
  const orders: ScalerPlace = { name: 'orders', target: 'apps/v1.Deployment/orders' }
  const foreign = { name: 'by-hand', target: orders.target }
  const transfer = { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' }
  test.each<
    [string, ScalerPlace, readonly ScalerPlace[], readonly { name: string; target: string; annotations?: Record<string, string> }[], string]
  >([
    ['alone', orders, [], [], ''],
    ['itself is no rival', orders, [orders], [], ''],
    ['others scale others', orders, [{ name: 'x', target: 'apps/v1.Deployment/x' }], [{ name: 'h', target: 'apps/v1.Deployment/x' }], ''],
    ['the same name of another kind', orders, [{ name: 'x', target: 'apps/v1.StatefulSet/orders' }], [], ''],
    ['a second one', orders, [{ name: 'x', target: orders.target }], [], 'target-taken'],
    ['the same HPA', { ...orders, hpaName: 'shared' }, [{ name: 'x', target: 'apps/v1.Deployment/x', hpaName: 'shared' }], [], 'hpa-taken'],
    ['an HPA by hand', orders, [], [foreign], 'foreign-hpa'],
    ['an HPA that says it may', orders, [], [{ ...foreign, annotations: { 'validations.keda.sh/hpa-ownership': 'false' } }], ''],
    ['taken over by name', { ...orders, annotations: transfer, hpaName: 'by-hand' }, [], [foreign], ''],
    ['taken over without its name', { ...orders, annotations: transfer }, [], [foreign], 'foreign-hpa-name'],
  ])('%s', (_name, scaledObject, others, hpas, expected) => {
    expect(rules(validateTargets({ scaledObject, others, hpas }))).toBe(expected)
  })
})

test.each([
  [{ status: 'True', reason: 'ValidMetricFound', message: 'm' }, 'True HPAActive'],
  [{ status: 'False', reason: 'ScalingDisabled', message: 'm' }, 'True ScalingDisabled'],
  [{ status: 'False', reason: 'FailedGetExternalMetric', message: 'm' }, 'False FailedGetExternalMetric'],
  [{ status: 'False', reason: '', message: 'm' }, 'False HPAMetricsUnavailable'],
] as const)('ScalingActive %j makes HPAActive %s', (scalingActive, expected) => {
  const { condition } = hpaActiveCondition({ scalingActive })
  expect(`${condition?.status} ${condition?.reason}`).toBe(expected)
})

test('an HPA that was not seen leaves the condition as it was', () => {
  expect(hpaActiveCondition({})).toEqual({})
})
