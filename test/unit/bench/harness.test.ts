import { describe, expect, test } from '@jest/globals'
import { interleave, lineOf, median } from '../../bench/harness.ts'

test.each([
  [[3], 3],
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[10, 9, 100], 10],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected)
})

test('the median of nothing is refused', () => {
  expect(() => median([])).toThrow('median of nothing')
})

describe('interleave', () => {
  test('takes turns, changes the order each round, and leaves the warm-up out', async () => {
    const calls: string[] = []
    const side = (name: string, value: number) => () => {
      calls.push(name)
      return value
    }
    const measured = await interleave({ ours: side('o', 1), peer: side('p', 2) }, { rounds: 2, warmUp: 1 })
    expect(calls.join('')).toBe('pooppo')
    expect(measured).toEqual({ ours: [1, 1], peer: [2, 2] })
  })

  test('measures the duration of a side that returns nothing', async () => {
    const measured = await interleave({ ours: async () => {} }, { rounds: 1, warmUp: 0 })
    expect(measured.ours).toEqual([expect.any(Number)])
  })
})

test.each([
  [{ name: 'ps', value: 1.432, atMost: 1.8 }, /^ps +1\.43× {2}goal ≤ 1\.8× +holds$/],
  [{ name: 'ps', value: 1.81, atMost: 1.8 }, /^ps +1\.81× {2}goal ≤ 1\.8× +falls short$/],
  [
    { name: 'plan', value: 62.31, unit: 'ms', atMost: 50, detail: '1,000 replicas' },
    /^plan +62\.3 ms {2}goal ≤ 50 ms +falls short {2}\(1,000 replicas\)$/,
  ],
  [{ name: 'rate', value: 200, unit: 'req/s', atLeast: 150 }, /^rate +200 req\/s {2}goal ≥ 150 req\/s +holds$/],
])('the line of %j', (goal, line) => {
  expect(lineOf(goal)).toMatch(line)
})
