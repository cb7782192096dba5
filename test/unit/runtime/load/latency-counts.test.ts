import { expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { LatencyCounts } from '../../../../runtime/load/latency-counts.ts'

function counts(values: readonly number[]): LatencyCounts {
  const made = new LatencyCounts()
  for (const value of values) made.add(value)
  return made
}

test('nothing has no percentiles', () => {
  expect(new LatencyCounts().percentiles()).toBeUndefined()
})

test('of 1 to 1000 ms', () => {
  const found = counts(Array.from({ length: 1000 }, (_, index) => index + 1)).percentiles()
  expect(found?.max).toBe(1000)
  for (const [value, exact] of [
    [found?.p50, 500],
    [found?.p90, 900],
    [found?.p99, 990],
    [found?.p999, 999],
  ] as const)
    expect(Math.abs((value ?? 0) - exact) / exact).toBeLessThan(0.01)
})

test('a single slow one is the maximum, and no percentile of a hundred', () => {
  const found = counts([...Array<number>(99).fill(2), 4000]).percentiles()
  expect(found).toMatchObject({ max: 4000, p999: 4000 })
  expect(found?.p99).toBeLessThan(2.03)
})

test('each percentile is at least the exact one (nearest rank), within 1 % above', () => {
  const duration = fc.double({ min: 0.001, max: 3_000_000, noNaN: true })
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 300 }), (values) => {
      const sorted = [...values].sort((left, right) => left - right)
      const found = counts(values).percentiles()
      for (const [share, value = 0] of [
        [0.5, found?.p50],
        [0.9, found?.p90],
        [0.99, found?.p99],
        [0.999, found?.p999],
      ] as const) {
        const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0
        expect(value).toBeGreaterThanOrEqual(exact - 0.002)
        expect(value).toBeLessThanOrEqual(exact * 1.01 + 0.002)
      }
    }),
  )
})
