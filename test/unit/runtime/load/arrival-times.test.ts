import { describe, expect, test } from '@jest/globals'
import { ArrivalTimes, expectedRequests } from '../../../../runtime/load/arrival-times.ts'
import type { LoadStream } from '../../../../src/wire/load.ts'

const piece = (startSeconds: number, endSeconds: number, from: number, to = from) => ({ startSeconds, endSeconds, from, to })
const even = (...pieces: readonly ReturnType<typeof piece>[]): LoadStream => ({ arrivals: 'constant', pieces: [...pieces] })

function all(streams: LoadStream[], seed = 1): readonly number[] {
  const times = new ArrivalTimes({ streams, seed })
  const found: number[] = []
  for (let time = times.next(); time !== Number.POSITIVE_INFINITY; time = times.next()) found.push(time)
  return found
}

describe('even arrivals', () => {
  test('are in the middle of their share of the time', () => {
    expect(all([even(piece(0, 1, 4))])).toEqual([125, 375, 625, 875])
  })

  test('go on over gaps and other rates', () => {
    expect(all([even(piece(0, 1, 2), piece(1, 2, 0), piece(5, 6, 1))])).toEqual([250, 750, 5500])
  })

  test('a ramp from 0 to 2 in 2 s has its first half expected after 1 s', () => {
    // The integral of t is t²/2: 0.5 at 1 s, 1.5 at √3 s.
    expect(all([even(piece(0, 2, 0, 2))]).map((time) => Math.round(time))).toEqual([1000, 1732])
  })

  test('of several streams come in order', () => {
    expect(all([even(piece(0, 1, 2)), even(piece(0, 1, 1))])).toEqual([250, 500, 750])
  })

  test('a fraction of a request is none', () => {
    expect(all([even(piece(0, 1, 0.4))])).toEqual([])
  })
})

describe('arrivals by chance', () => {
  const poisson: LoadStream = { arrivals: 'poisson', pieces: [piece(0, 100, 50)] }

  test('are the same for the same seed and others for another one', () => {
    expect(all([poisson], 7)).toEqual(all([poisson], 7))
    expect(all([poisson], 8)).not.toEqual(all([poisson], 7))
  })

  test('are as many, and as scattered, as a Poisson process has them', () => {
    const times = all([poisson])
    // 5000 expected, with a deviation of √5000 ≈ 71.
    expect(Math.abs(times.length - 5000)).toBeLessThan(5 * 71)
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
    // Exponential: the deviation is the mean.
    expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.9)
    expect(Math.sqrt(variance) / mean).toBeLessThan(1.1)
    expect(times.every((time, index) => time >= (times[index - 1] ?? 0) && time <= 100_000)).toBe(true)
  })
})

test('the expected number is the area below the rates', () => {
  expect(expectedRequests([even(piece(0, 10, 5), piece(10, 20, 0, 10)), even(piece(0, 1, 3))])).toBe(103)
})
