import { expect, test } from '@jest/globals'
import type { BackendId, EdgeFault } from '../../../src/model/edge.ts'
import type { ComponentKey } from '../../../src/model/names.ts'
import { type ArmedFault, SeededNumbers, strike } from '../../../src/routing/faults.ts'

function armed(changes: Partial<EdgeFault>): ArmedFault {
  const fault: EdgeFault = { id: 'f', backend: 'web:80' as BackendId, share: 1, seed: 7, does: { by: 'reset' }, ...changes }
  return { fault, numbers: new SeededNumbers(fault.seed) }
}

test('numbers of a seed are the same ones each time, and spread evenly', () => {
  const of = (seed: number): number[] => {
    const numbers = new SeededNumbers(seed)
    return Array.from({ length: 10_000 }, () => numbers.next())
  }
  expect(of(1)).toEqual(of(1))
  expect(of(1).slice(0, 3)).not.toEqual(of(2).slice(0, 3))
  expect(of(1).every((number) => number >= 0 && number < 1)).toBe(true)
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = of(3).filter((number) => Math.floor(number * 10) === tenth).length
    expect(Math.abs(share - 1000)).toBeLessThan(150)
  }
})

test('a fault strikes its share of what comes from its component, the first that fits', () => {
  const caller = 'shop' as ComponentKey
  const half = armed({ share: 0.5 })
  const struck = Array.from({ length: 1000 }, () => strike([half], caller)).filter((found) => found !== undefined)
  expect(Math.abs(struck.length - 500)).toBeLessThan(60)
  const [own, all] = [armed({ id: 'own', from: caller }), armed({ id: 'all' })]
  expect(strike([own, all], caller)?.fault.id).toBe('own')
  expect(strike([own, all], 'other' as ComponentKey)?.fault.id).toBe('all')
  expect(strike([own], undefined)).toBeUndefined()
  expect(strike([], caller)).toBeUndefined()
})
