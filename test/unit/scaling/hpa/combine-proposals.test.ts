import { expect, test } from '@jest/globals'
import { combineProposals, type NamedProposal } from '../../../../src/scaling/index.ts'

const size = (replicas: number, metric = `m${replicas}`): NamedProposal => ({ metric, replicas })
const failed = (error = 'gone'): NamedProposal => ({ metric: 'bad', error, reason: 'FailedGetExternalMetric' })

test.each<readonly [string, readonly NamedProposal[], number | undefined, object]>([
  ['one', [size(7)], 7, { metric: 'm7', failed: 0, reason: 'ValidMetricFound' }],
  ['the largest wins', [size(3), size(9), size(4)], 9, { metric: 'm9' }],
  ['the first of equals names it', [size(4, 'a'), size(4, 'b')], 4, { metric: 'a' }],
  ['all at 0', [size(0, 'a'), size(0, 'b')], 0, { metric: 'b' }],
  ['below 0 is 0', [size(-3)], 0, {}],
  ['an error does not stop growth', [failed(), size(6)], 6, { metric: 'm6', failed: 1, reason: 'ValidMetricFound', error: 'gone' }],
  ['an error does not stop staying', [size(5), failed()], 5, { failed: 1 }],
  ['an error stops shrinking', [size(4), failed()], undefined, { failed: 1, reason: 'FailedGetExternalMetric', error: 'gone' }],
  ['all failed', [failed('first'), failed('second')], undefined, { failed: 2, error: 'first' }],
  ['no metric at all', [], undefined, { failed: 0, reason: 'InvalidMetricSourceType', error: 'there is no metric' }],
])('%s', (_, proposals, replicas, expected) => {
  const combined = combineProposals({ currentReplicas: 5, proposals })
  expect(combined.replicas).toBe(replicas)
  expect(combined).toMatchObject(expected)
})
