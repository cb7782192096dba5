import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  decideKpa,
  emptyRequestBuckets,
  initialKpaState,
  type KpaSpec,
  type KpaState,
  kpaBounds,
  type RequestBuckets,
  recordKpaWish,
  recordRequests,
  requestRate,
} from '../../src/scaling/index.ts'

const startMs = 1_700_000_000_000
const windowMs = 10_000

const arrivals = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 4000 }), count: fc.integer({ min: 0, max: 50 }) }), {
  maxLength: 40,
})

type Arrival = Readonly<{ atMs: number; count: number }>

function times(gaps: readonly { readonly afterMs: number; readonly count: number }[]): Arrival[] {
  let atMs = startMs
  return gaps.map(({ afterMs, count }) => {
    atMs += afterMs
    return { atMs, count }
  })
}

function record(list: readonly Arrival[]): RequestBuckets {
  return list.reduce((buckets, one) => recordRequests({ buckets, ...one }).buckets, emptyRequestBuckets({ windowMs, granularityMs: 1000 }))
}

test('the rate is the requests of the last ten buckets over the buckets since the first one of this run', () => {
  fc.assert(
    fc.property(arrivals, (gaps) => {
      const list = times(gaps)
      const last = list.at(-1)
      if (last === undefined) return
      const second = (ms: number) => Math.floor(ms / 1000)
      let first = second(list[0]?.atMs ?? 0)
      for (const [index, one] of list.entries()) {
        const before = list[index - 1]
        if (before !== undefined && second(one.atMs) - second(before.atMs) >= 10) first = second(one.atMs)
      }
      const now = second(last.atMs)
      const inside = list.filter((one) => second(one.atMs) > now - 10 && second(one.atMs) >= first)
      const sum = inside.reduce((total, one) => total + one.count, 0)
      const { rate } = requestRate({ buckets: record(list), nowMs: last.atMs })
      expect(rate).toBeCloseTo(sum / Math.min(now - first + 1, 10), 2)
    }),
  )
})

test('a thousand requests at once are a thousand requests', () => {
  fc.assert(
    fc.property(arrivals, (gaps) => {
      const list = times(gaps)
      const single = list.flatMap(({ atMs, count }) => Array.from({ length: count }, () => ({ atMs, count: 1 })))
      const nowMs = (list.at(-1)?.atMs ?? startMs) + 500
      // a moment without requests still opens its bucket, which single requests cannot do
      const once = record(list.filter(({ count }) => count > 0))
      expect(requestRate({ buckets: record(single), nowMs })).toEqual(requestRate({ buckets: once, nowMs }))
    }),
  )
})

test('silence only lowers the rate, down to 0', () => {
  fc.assert(
    fc.property(arrivals, (gaps) => {
      const list = times(gaps)
      const buckets = record(list)
      const end = list.at(-1)?.atMs ?? startMs
      const rates = Array.from({ length: 12 }, (_, second) => requestRate({ buckets, nowMs: end + second * 1000 }).rate)
      for (const [index, rate] of rates.entries()) expect(rate).toBeLessThanOrEqual(rates[index - 1] ?? rate)
      expect(rates.at(-1)).toBe(0)
    }),
  )
})

test('buckets survive being stored as JSON', () => {
  fc.assert(
    fc.property(arrivals, (gaps) => {
      const buckets = record(times(gaps))
      const stored = JSON.parse(JSON.stringify(buckets)) as RequestBuckets
      expect(recordRequests({ buckets: stored, atMs: startMs + 60_000, count: 3 })).toEqual(
        recordRequests({ buckets, atMs: startMs + 60_000, count: 3 }),
      )
    }),
  )
})

const kpaSpec: fc.Arbitrary<KpaSpec> = fc.record({
  targetValue: fc.double({ min: 0.5, max: 100, noNaN: true }),
  totalValue: fc.constant(100),
  maxScaleUpRate: fc.double({ min: 1.1, max: 1000, noNaN: true }),
  maxScaleDownRate: fc.double({ min: 1.1, max: 10, noNaN: true }),
  scaleDownDelayMs: fc.constantFrom(0, 3000, 10_000),
})

const load = fc.double({ min: 0, max: 2000, noNaN: true })
const ticks = fc.array(fc.record({ readyPods: fc.integer({ min: 0, max: 50 }), stableValue: load, panicValue: load }), {
  minLength: 1,
  maxLength: 30,
})

test('one decision stays within its rates, and panic never goes down', () => {
  fc.assert(
    fc.property(kpaSpec, ticks, (spec, series) => {
      let { state }: { state: KpaState } = initialKpaState({ readyPods: 1, nowMs: startMs })
      let nowMs = startMs
      let before = { held: 0, panicking: false }
      for (const tick of series) {
        nowMs += 2000
        const result = decideKpa({ nowMs, spec, state, ...tick })
        const pods = Math.max(1, tick.readyPods)
        expect(Number.isInteger(result.desiredPods)).toBe(true)
        expect(result.desiredPods).toBeGreaterThanOrEqual(Math.floor(pods / (spec.maxScaleDownRate ?? 2)) === 0 ? 0 : 1)
        if (!result.panicking && (spec.scaleDownDelayMs ?? 0) === 0)
          expect(result.desiredPods).toBeLessThanOrEqual(Math.ceil((spec.maxScaleUpRate ?? 1000) * pods))
        if (before.panicking && result.panicking) expect(result.state.maxPanicPods).toBeGreaterThanOrEqual(before.held)
        before = { held: result.state.maxPanicPods, panicking: result.panicking }
        state = result.state
      }
    }),
  )
})

test('more load never wants fewer pods', () => {
  fc.assert(
    fc.property(kpaSpec, fc.integer({ min: 0, max: 50 }), load, load, load, (spec, readyPods, stableValue, panicValue, more) => {
      const { state } = initialKpaState({ readyPods, nowMs: startMs })
      const nowMs = startMs + 2000
      const less = decideKpa({ nowMs, spec, state, readyPods, stableValue, panicValue })
      const greater = decideKpa({ nowMs, spec, state, readyPods, stableValue: stableValue + more, panicValue: panicValue + more })
      expect(greater.desiredPods).toBeGreaterThanOrEqual(less.desiredPods)
      expect(decideKpa({ nowMs, spec, state: structuredClone(state), readyPods, stableValue, panicValue })).toEqual(less)
    }),
  )
})

test('the delay window is the maximum over its slots', () => {
  const wishes = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 5000 }), wanted: fc.integer({ min: 0, max: 20 }) }), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(wishes, fc.integer({ min: 1, max: 20_000 }), (list, delayMs) => {
      const seen: { slot: number; wanted: number }[] = []
      let window: readonly { readonly slot: number; readonly wanted: number }[] = []
      let nowMs = startMs
      for (const { afterMs, wanted } of list) {
        nowMs += afterMs
        const slot = Math.floor(nowMs / 2000)
        seen.push({ slot, wanted })
        const recorded = recordKpaWish({ window, nowMs, wanted, delayMs })
        window = recorded.window
        const recent = seen.filter((one) => slot - one.slot < Math.ceil(delayMs / 2000))
        expect(recorded.largest).toBe(Math.max(...recent.map((one) => one.wanted)))
      }
    }),
  )
})

test('bounds hold every wish', () => {
  const scale = fc.integer({ min: 0, max: 30 })
  fc.assert(
    fc.property(scale, scale, scale, scale, fc.boolean(), (desiredPods, minScale, above, initialScale, initialScaleReached) => {
      const maxScale = minScale + above
      const result = kpaBounds({ desiredPods, minScale, maxScale, initialScale, initialScaleReached }).desiredPods
      expect(result).toBeGreaterThanOrEqual(minScale)
      if (maxScale > 0) expect(result).toBeLessThanOrEqual(Math.max(maxScale, initialScale))
    }),
  )
})
