import { expect, test } from '@jest/globals'
import { type PodRequestInput, podRequest } from '../../../../src/scaling/index.ts'

const app = { name: 'app', requestMilli: 200 }
const side = { name: 'side', requestMilli: 50 }
const silent = { name: 'silent' }

test.each<readonly [string, Partial<PodRequestInput>, object]>([
  ['the sum of all containers', { containers: [app, side] }, { requestMilli: 250 }],
  ['no containers', { containers: [] }, { requestMilli: 0 }],
  ['one container', { containers: [app, side], container: 'side' }, { requestMilli: 50 }],
  ['one container, whatever the others say', { containers: [app, silent], container: 'app' }, { requestMilli: 200 }],
  ['a container that says nothing', { containers: [app, silent] }, { error: 'container silent of pod p has no request for cpu' }],
  [
    'the one that says nothing',
    { containers: [app, silent], container: 'silent' },
    { error: 'container silent of pod p has no request for cpu' },
  ],
  ['a container that is not there', { containers: [app], container: 'other' }, { error: 'pod p has no container other' }],
  ['what the pod says as a whole', { containers: [app, silent], podRequestMilli: 1000 }, { requestMilli: 1000 }],
  ['a named container beats the whole', { containers: [app], container: 'app', podRequestMilli: 1000 }, { requestMilli: 200 }],
])('%s', (_, input, expected) => {
  expect(podRequest({ pod: 'p', resource: 'cpu', containers: [], ...input })).toEqual(expected)
})
