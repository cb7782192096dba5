import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type AddressRange, assignAddresses, edgeAddress, parseAddress, parseRange, printAddress } from '../../../src/routing/addresses.ts'

function rangeOf(cidr: string): AddressRange {
  const range = parseRange(cidr)
  if (range === undefined) throw new Error(`${cidr} is no range`)
  return range
}

describe('an address', () => {
  test.each([
    ['0.0.0.0', 0],
    ['10.213.8.1', 0x0ad50801],
    ['255.255.255.255', 0xffffffff],
  ])('%s is a number and back', (text, value) => {
    expect(parseAddress(text)).toBe(value)
    expect(printAddress(value)).toBe(text)
  })

  test.each(['', '10.0.0', '10.0.0.0.1', '10.0.0.256', '10.0.0.01', '10.0.0.-1', '10.0.0.x', ' 10.0.0.1', '::1', 'web'])(
    '"%s" is none',
    (text) => expect(parseAddress(text)).toBeUndefined(),
  )
})

describe('a range', () => {
  test('has a first and a last address, and the edge the last usable one', () => {
    const range = rangeOf('10.213.8.0/21')
    expect([printAddress(range.first), printAddress(range.last), edgeAddress(range)]).toEqual([
      '10.213.8.0',
      '10.213.15.255',
      '10.213.15.254',
    ])
  })

  test.each(['10.213.8.0', '10.213.8.0/33', '10.213.8.0/x', '10.213.8.1/21', '10.213.8.0/21/1', 'fd00::/64', ''])(
    '"%s" is none',
    (cidr) => {
      expect(parseRange(cidr)).toBeUndefined()
    },
  )
})

describe('addresses of services', () => {
  const range = rangeOf('10.213.8.0/21')

  test('are the same wherever the same services are, in whichever order they come', () => {
    const { addresses, without } = assignAddresses(['web.default', 'db.default', 'db.prod'], range, {})
    expect(addresses).toEqual({ 'db.default': '10.213.13.170', 'db.prod': '10.213.13.204', 'web.default': '10.213.9.17' })
    expect(assignAddresses(['db.prod', 'web.default', 'db.default'], range, {})).toEqual({ addresses, without })
    expect(without).toEqual([])
  })

  test('that are remembered stay, and those of services that went are free', () => {
    const remembered = { 'web.default': '10.213.8.9', 'gone.default': '10.213.8.10' }
    expect(assignAddresses(['new.default', 'web.default'], range, remembered).addresses).toEqual({
      'new.default': expect.any(String),
      'web.default': '10.213.8.9',
    })
  })

  test('that make no sense in the range are given anew', () => {
    const remembered = { a: '10.1.1.1', b: '10.213.15.254', c: '10.213.8.0', d: '10.213.15.255', e: 'x', f: '10.213.9.9', g: '10.213.9.9' }
    const { addresses } = assignAddresses(Object.keys(remembered), range, remembered)
    expect(addresses['f']).toBe('10.213.9.9')
    for (const name of ['a', 'b', 'c', 'd', 'e', 'g'] as const) expect(addresses[name]).not.toBe(remembered[name])
    expect(new Set(Object.values(addresses)).size).toBe(7)
  })

  test('end where the range ends, and whoever gets none is named', () => {
    const names = Array.from({ length: 15 }, (_, index) => `s${index}`)
    const { addresses, without } = assignAddresses(names, rangeOf('10.0.0.0/28'), {})
    expect(
      Object.values(addresses)
        .map((address) => Number(address.split('.')[3]))
        .sort((left, right) => left - right),
    ).toEqual(Array.from({ length: 13 }, (_, index) => index + 1))
    expect(without).toHaveLength(2)
    expect(assignAddresses(['a'], rangeOf('10.0.0.0/31'), {}).without).toEqual(['a'])
  })

  test('of any names in any range: each its own, none of the reserved ones, and nothing moves when others come and go', () => {
    const name = fc.stringMatching(/^[a-z]{1,3}\.[a-z]{1,2}$/)
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { maxLength: 40 }),
        fc.uniqueArray(name, { maxLength: 40 }),
        fc.integer({ min: 24, max: 30 }),
        (first, second, bits) => {
          const small = rangeOf(`10.7.6.0/${bits}`)
          const before = assignAddresses(first, small, {})
          const after = assignAddresses(second, small, before.addresses)
          for (const { addresses } of [before, after]) {
            const values = Object.values(addresses).map((address) => parseAddress(address) ?? 0)
            expect(new Set(values).size).toBe(values.length)
            for (const value of values) expect(value > small.first && value < small.last - 1).toBe(true)
          }
          for (const service of second) {
            if (before.addresses[service] !== undefined) expect(after.addresses[service]).toBe(before.addresses[service])
          }
          expect(Object.keys(after.addresses).length + after.without.length).toBe(second.length)
        },
      ),
    )
  })
})
