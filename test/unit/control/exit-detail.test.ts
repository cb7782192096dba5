import { expect, test } from '@jest/globals'
import { exitDetail } from '../../../src/control/exit-detail.ts'
import { anObservedContainer } from '../../kit/builders.ts'

const exited = (name: string, how: { readonly exitCode?: number; readonly signal?: string }) =>
  anObservedContainer(name, { state: 'exited', ...how })

test.each<[string, Parameters<typeof exitDetail>[0], string]>([
  [
    'codes',
    { containers: [exited('web', { exitCode: 3 }), exited('beside', { exitCode: 143, signal: 'SIGTERM' })] },
    'web exited with code 3, beside was ended by SIGTERM',
  ],
  ['an end that nobody saw', { containers: [exited('web', {})] }, 'web ended'],
  ['what the engine knows', { containers: [exited('web', {})], unhealthy: 'its sandbox was removed' }, 'its sandbox was removed'],
  ['both', { containers: [exited('web', { exitCode: 1 })], unhealthy: 'listens on 3000' }, 'web exited with code 1; listens on 3000'],
  ['what runs is not told', { containers: [anObservedContainer('web')] }, ''],
])('%s', (_, replica, expected) => {
  expect(exitDetail(replica)).toBe(expected)
})
