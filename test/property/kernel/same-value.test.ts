import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { canonicalJson, sameValue } from '../../../src/kernel/canonical-json.ts'

const plain = fc.oneof(fc.constantFrom(undefined, null, true, 0, -0, Number.NaN, 1, '', 'a', 'null'), fc.integer(), fc.string())
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    plain,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
  ),
}))

test('values are the same exactly when their canonical JSON is', () => {
  fc.assert(
    fc.property(value, value, (left, right) => {
      expect(sameValue(left, right)).toBe(canonicalJson(left) === canonicalJson(right))
    }),
    { numRuns: 2000 },
  )
})

test('a copy with its members in another order is the same', () => {
  fc.assert(
    fc.property(value, (original) => {
      expect(sameValue(original, reversed(original))).toBe(true)
    }),
  )
})

function reversed(of: unknown): unknown {
  if (Array.isArray(of)) return of.map(reversed)
  if (of === null || typeof of !== 'object') return of
  return Object.fromEntries(
    Object.entries(of)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  )
}
