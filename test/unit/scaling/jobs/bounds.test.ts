import { expect, test } from '@jest/globals'
import { scaledJobBounds } from '../../../../src/scaling/jobs/bounds.ts'

test.each([
  ['nothing written', {}, { minReplicaCount: 0, maxReplicaCount: 100 }],
  ['a minimum alone takes nothing off the default maximum', { minReplicaCount: 7 }, { minReplicaCount: 7, maxReplicaCount: 100 }],
  ['a minimum above the default maximum', { minReplicaCount: 150 }, { minReplicaCount: 150, maxReplicaCount: 100 }],
  ['a maximum alone', { maxReplicaCount: 8 }, { minReplicaCount: 0, maxReplicaCount: 8 }],
  ['the minimum leaves the strategy less', { minReplicaCount: 2, maxReplicaCount: 8 }, { minReplicaCount: 2, maxReplicaCount: 6 }],
  ['equal bounds leave the strategy nothing', { minReplicaCount: 5, maxReplicaCount: 5 }, { minReplicaCount: 5, maxReplicaCount: 0 }],
  ['a minimum above the maximum', { minReplicaCount: 9, maxReplicaCount: 5 }, { minReplicaCount: 5, maxReplicaCount: 5 }],
])('%s', (_, input, expected) => {
  expect(scaledJobBounds(input)).toEqual(expected)
})
