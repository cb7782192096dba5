import { expect, test } from '@jest/globals'
import { fixedScale, type ScalePolicy } from '../../../../src/model/scale-policy.ts'
import { initialScaler } from '../../../../src/scaling/scaler/scaler.ts'
import type { ScalerInput } from '../../../../src/scaling/scaler/scaler-types.ts'
import { syncScaler } from '../../../../src/scaling/scaler/sync.ts'

const origin = { file: 'app.yaml', doc: 0, line: 1, column: 1, path: [] }
const policy: ScalePolicy = {
  ...fixedScale(0),
  max: 10,
  triggers: [
    {
      name: 'jobs',
      named: false,
      type: 'redis',
      metadata: {},
      metricType: 'AverageValue',
      target: 2,
      activation: 0,
      useCachedMetrics: false,
      from: { by: 'hand' },
      auth: {},
      origin,
    },
  ],
  fallback: { failureThreshold: 2, replicas: 4, behavior: 'static' },
}

const pods = [{ name: 'a', phase: 'Running', ready: true, deleting: false }] as const
const start: ScalerInput = {
  policy,
  state: initialScaler({ policy, nowMs: 0 }),
  readings: [{ trigger: 'jobs', error: 'the server is away' }],
  replicas: 1,
  statusReplicas: 1,
  pods,
  requests: {},
  nowMs: 0,
}

/** The Fallback condition after each of so many syncs, and the size that the last one sets. */
function syncs(count: number, input: ScalerInput): { readonly said: readonly (string | undefined)[]; readonly last: ScalerInput } {
  const said: (string | undefined)[] = []
  let last = input
  for (let turn = 0; turn < count; turn++) {
    const { conditions, state, replicas } = syncScaler(last)
    said.push(conditions.find(({ by, type }) => by === 'keda' && type === 'Fallback')?.status)
    last = { ...last, state, replicas, nowMs: last.nowMs + 15_000 }
  }
  return { said, last }
}

test('a sync that is served the fallback says so at once, and takes it back with the first good value', () => {
  const { said, last } = syncs(3, start)
  expect([said, last.replicas]).toEqual([['False', 'False', 'True'], 4])
  expect(syncs(1, { ...last, readings: [{ trigger: 'jobs', value: 2 }] }).said).toEqual(['False'])
})

test('without a fallback, and at 0, a sync says nothing of one', () => {
  const { fallback: _fallback, ...without } = policy
  expect(syncs(3, { ...start, policy: without }).said).toEqual([undefined, undefined, undefined])
  expect(syncs(3, { ...start, replicas: 0, statusReplicas: 0, pods: [] }).said).toEqual([undefined, undefined, undefined])
})
