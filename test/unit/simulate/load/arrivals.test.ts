import { describe, expect, test } from '@jest/globals'
import { ArrivalSet, EvenArrivals, PoissonArrivals } from '../../../../src/simulate/load/arrivals.ts'
import { Random } from '../../../../src/simulate/load/random.ts'
import { RateCurve } from '../../../../src/simulate/load/rate-curve.ts'
import {
  constantShape,
  cronShape,
  diurnalShape,
  rampShape,
  spikeShape,
  stepsShape,
  traceShape,
} from '../../../../src/simulate/load/shapes.ts'

const second = 1_000_000
const span = { startMs: 0, seconds: 3600 }
const curve = (pieces: ReturnType<ReturnType<typeof constantShape>>): RateCurve => new RateCurve(pieces, span.seconds * second)

describe('a curve of a rate', () => {
  test('adds up to what is expected', () => {
    expect(curve(constantShape(2, { from: 600, until: 1200 })(span)).total).toBe(1200)
    expect(curve(rampShape({ from: 0, to: 10, at: 0, lasts: 3600 })(span)).total).toBeCloseTo(18_000, 6)
    expect(curve(spikeShape({ rate: 5, at: 60, lasts: 10, every: 600 })(span)).total).toBeCloseTo(300, 6)
    expect(
      curve(
        stepsShape([
          { at: 0, rate: 1 },
          { at: 1800, rate: 3 },
        ])(span),
      ).total,
    ).toBeCloseTo(7200, 6)
    expect(
      curve(
        traceShape([
          { at: 0, lasts: 60, count: 7 },
          { at: 120, lasts: 60, count: 3 },
        ])(),
      ).total,
    ).toBeCloseTo(10, 6)
    expect(curve(cronShape({ rate: 1, lasts: 100, times: () => [-50_000, 1_000_000] })(span)).total).toBeCloseTo(150, 6)
  })

  test('is a wave with its peak at the hour it says', () => {
    const day = { startMs: 6 * 3_600_000, seconds: 86_400 }
    const wave = new RateCurve(diurnalShape({ low: 1, high: 9, peak: 14 * 3600, period: 86_400 })(day), 86_400 * second)
    expect(wave.valueAt(8 * 3600 * second)).toBeCloseTo(9, 3)
    expect(wave.valueAt(20 * 3600 * second)).toBeCloseTo(1, 3)
    expect(wave.total).toBeCloseTo(5 * 86_400, 0)
  })

  test('has the rate 0 where nothing is said', () => {
    const one = curve(constantShape(2, { from: 600, until: 1200 })(span))
    expect([one.valueAt(0), one.valueAt(900 * second), one.valueAt(1300 * second)]).toEqual([0, 2, 0])
    expect(one.timeOf(1201)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('even arrivals', () => {
  test('come in the middle of their stretch', () => {
    const arrivals = new EvenArrivals(curve(constantShape(10, { from: 0 })(span)))
    expect([1, 2, 3].map((number) => arrivals.timeOf(number))).toEqual([50_000, 150_000, 250_000])
    expect([49_999, 50_000, 149_999, 150_000].map((time) => arrivals.countUntil(time))).toEqual([0, 1, 1, 2])
  })
})

describe('random arrivals', () => {
  const poisson = (rate: number, seed: number): PoissonArrivals =>
    new PoissonArrivals(curve(constantShape(rate, { from: 0 })(span)), seed, span.seconds * second)

  test('have the mean and the variance of their kind', () => {
    const arrivals = poisson(3, 11)
    const counts = Array.from({ length: 3600 }, (_, at) => arrivals.countUntil((at + 1) * second) - arrivals.countUntil(at * second))
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length
    expect(mean).toBeGreaterThan(2.8)
    expect(mean).toBeLessThan(3.2)
    expect(variance / mean).toBeGreaterThan(0.85)
    expect(variance / mean).toBeLessThan(1.15)
  })

  test('count what is listed, in order, wherever one looks first', () => {
    const total = poisson(2, 5).countUntil(span.seconds * second)
    const forward = poisson(2, 5)
    const times = Array.from({ length: total }, (_, index) => forward.timeOf(index + 1))
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(forward.timeOf(total + 1)).toBe(Number.POSITIVE_INFINITY)
    const other = poisson(2, 5)
    for (const index of [total - 1, 0, Math.floor(total / 2), 3]) {
      const time = times[index] as number
      expect(other.countUntil(time)).toBe(times.filter((earlier) => earlier <= time).length)
      expect(other.timeOf(index + 1)).toBe(time)
    }
  })

  test('differ between seeds', () => {
    expect(poisson(2, 5).timeOf(1)).not.toBe(poisson(2, 6).timeOf(1))
  })
})

test('arrivals of several kinds come in order of time', () => {
  const set = new ArrivalSet([
    new EvenArrivals(curve(constantShape(1, { from: 0, until: 3 })(span))),
    new EvenArrivals(curve(constantShape(2, { from: 1, until: 2 })(span))),
  ])
  const all = Array.from({ length: 6 }, () => set.next())
  expect(all).toEqual([0.5, 1.25, 1.5, 1.75, 2.5, Number.POSITIVE_INFINITY].map((time) => time * second))
  expect(set.countUntil(1.5 * second)).toBe(3)
  expect(set.firstAfter(1.5 * second)).toBe(1.75 * second)
})

test('the generator draws evenly between 0 and 1', () => {
  const random = new Random(42)
  const draws = Array.from({ length: 20_000 }, () => random.uniform())
  const tenths = Array.from({ length: 10 }, (_, tenth) => draws.filter((draw) => Math.floor(draw * 10) === tenth).length)
  for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200)
  expect(Math.min(...draws)).toBeGreaterThan(0)
  expect(Math.max(...draws)).toBeLessThan(1)
})
