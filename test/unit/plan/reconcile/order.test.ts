import { describe, expect, test } from '@jest/globals'
import type { Step, StepKey } from '../../../../src/model/step.ts'
import { orderSteps } from '../../../../src/plan/reconcile/order.ts'
import { readStart } from '../../../../src/plan/reconcile/step-keys.ts'

function steps(needs: Readonly<Record<string, readonly string[]>>): ReadonlyMap<StepKey, Step> {
  return new Map(
    Object.entries(needs).map(([name, on]) => {
      const key = name as StepKey
      return [key, { key, action: { do: 'ensureVolume', name }, needs: on as readonly StepKey[], cause: 'test' }]
    }),
  )
}

function order(needs: Readonly<Record<string, readonly string[]>>, ...blocked: readonly string[]): readonly string[] {
  return orderSteps(steps(needs), new Set(blocked as readonly StepKey[])).map(({ key }) => key)
}

describe('steps', () => {
  test('come after what they need, otherwise in the order they were asked for', () => {
    expect(order({ d: [], a: ['c', 'b'], b: [], c: ['b'], e: ['d'] })).toEqual(['d', 'b', 'c', 'a', 'e'])
  })

  test('are left out with everything that needs them, directly or not, when one is blocked', () => {
    expect(order({ a: ['x'], b: ['a'], c: ['b', 'd'], d: [] }, 'x')).toEqual(['d'])
  })

  test('may form one chain as long as all of them', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`s${20_000 - index}`, index === 19_999 ? [] : [`s${19_999 - index}`]]),
    )
    expect(order(chain)).toHaveLength(20_000)
  })

  test('that need each other, or something that is nowhere, are a fault of ours', () => {
    expect(() => order({ a: ['b'], b: ['a'] })).toThrow(/need each other/)
    expect(() => order({ a: ['nowhere'] })).toThrow(/neither planned nor held/)
  })
})

describe('the key of a start', () => {
  test('tells replica, component, revision, ordinal and token, also with dots and dashes in names', () => {
    expect(readStart('startReplica my--web.staging--7f3a.12 token 3' as StepKey)).toEqual({
      replica: 'my--web.staging--7f3a.12',
      component: 'my--web.staging',
      revision: 'my--web.staging--7f3a',
      ordinal: 12,
      restartToken: 3,
    })
  })

  test('is no other key', () => {
    expect(readStart('removeReplica web--7f3.0' as StepKey)).toBeUndefined()
  })
})
