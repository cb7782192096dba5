import { describe, expect, test } from '@jest/globals'
import { decideKpa, initialKpaState, type KpaInput, type KpaSpec, type KpaState } from '../../../../src/scaling/kpa/decide.ts'

const nowMs = 1_700_000_000_000
const calm: KpaState = { maxPanicPods: 0, delayWindow: [] }
const spec: KpaSpec = { targetValue: 10, totalValue: 100, targetBurstCapacity: 0 }

type Changes = Partial<Omit<KpaInput, 'spec'>> & { readonly spec?: Partial<KpaSpec> }

function decide(changes: Changes) {
  return decideKpa({ nowMs, state: calm, readyPods: 1, stableValue: 0, panicValue: 0, ...changes, spec: { ...spec, ...changes.spec } })
}

describe('the wish outside of panic', () => {
  test.each<[string, Changes, number]>([
    ['nothing wanted from one pod', {}, 0],
    ['the stable window over the target, rounded up', { stableValue: 11 }, 2],
    ['at most half as many pods at once', { readyPods: 10, stableValue: 10 }, 5],
    ['rounded down', { readyPods: 7, stableValue: 0 }, 3],
    ['but to nothing when no route leads here', { readyPods: 10, stableValue: 0, spec: { reachable: false } }, 0],
    ['at most 1000 times as many', { stableValue: 100_000, readyPods: 1 }, 1000],
    // ceil(1.1 × 2) = 3: one more at least
    ['a slow rate still grows by one', { stableValue: 50, readyPods: 2, spec: { maxScaleUpRate: 1.1 } }, 3],
    ['activation scale when something is wanted', { stableValue: 1, spec: { activationScale: 5 } }, 5],
    ['not when nothing is', { spec: { activationScale: 5 } }, 0],
    ['nor below the wish', { stableValue: 70, spec: { activationScale: 5 } }, 7],
    ['no ready pod counts as one', { readyPods: 0, stableValue: 15 }, 2],
  ])('%s', (_, changes, expected) => {
    const result = decide({ panicValue: 0, ...changes })
    expect(result).toMatchObject({ valid: true, desiredPods: expected, panicking: false })
  })
})

describe('panic', () => {
  test('begins at twice the ready pods and takes the panic window', () => {
    expect(decide({ readyPods: 2, stableValue: 20, panicValue: 30 })).toMatchObject({ panicking: false, desiredPods: 2 })
    const result = decide({ readyPods: 2, stableValue: 20, panicValue: 31 })
    expect(result).toMatchObject({ panicking: true, desiredPods: 4, state: { panicSinceMs: nowMs, maxPanicPods: 4 } })
  })

  test('the threshold looks at the wish before its limits', () => {
    const limited = { maxScaleUpRate: 1.5 }
    expect(decide({ readyPods: 2, stableValue: 20, panicValue: 100, spec: limited })).toMatchObject({ panicking: true, desiredPods: 3 })
  })

  test('never wants fewer pods, whatever the windows say', () => {
    const state: KpaState = { panicSinceMs: nowMs - 60_000, maxPanicPods: 8, delayWindow: [] }
    expect(decide({ state, readyPods: 8, stableValue: 10, panicValue: 10 })).toMatchObject({ panicking: true, desiredPods: 8 })
  })

  test('provides for the stable window where that is larger', () => {
    const state: KpaState = { panicSinceMs: nowMs - 1000, maxPanicPods: 3, delayWindow: [] }
    expect(decide({ state, readyPods: 5, stableValue: 90, panicValue: 60 })).toMatchObject({ desiredPods: 9, state: { maxPanicPods: 9 } })
  })

  test('is renewed while above the threshold', () => {
    const state: KpaState = { panicSinceMs: nowMs - 59_000, maxPanicPods: 4, delayWindow: [] }
    expect(decide({ state, readyPods: 2, panicValue: 40 }).state.panicSinceMs).toBe(nowMs)
  })

  test('ends strictly after a stable window below it', () => {
    const since = (ms: number): KpaState => ({ panicSinceMs: nowMs - ms, maxPanicPods: 8, delayWindow: [] })
    const load = { readyPods: 8, stableValue: 50, panicValue: 50 }
    expect(decide({ state: since(60_000), ...load })).toMatchObject({ panicking: true, desiredPods: 8 })
    const over = decide({ state: since(60_001), ...load })
    expect(over).toMatchObject({ panicking: false, desiredPods: 5, state: { maxPanicPods: 0 } })
    expect(over.state.panicSinceMs).toBeUndefined()
  })

  test.each([
    [0, undefined, 0],
    [1, undefined, 1],
    [2, nowMs, 2],
    [9, nowMs, 9],
  ])('a new decider with %d ready pods', (readyPods, panicSinceMs, maxPanicPods) => {
    const { state } = initialKpaState({ readyPods, nowMs })
    expect(state.panicSinceMs).toBe(panicSinceMs)
    expect(state.maxPanicPods).toBe(maxPanicPods)
  })
})

test('without data nothing is decided and nothing forgotten', () => {
  const state: KpaState = { panicSinceMs: 5, maxPanicPods: 3, delayWindow: [] }
  const { stableValue: _, panicValue: __, ...withoutValues } = { ...{ nowMs, spec, state, readyPods: 3 }, stableValue: 0, panicValue: 0 }
  expect(decideKpa(withoutValues)).toMatchObject({ valid: false, desiredPods: 3, panicking: true, state })
})

test('a delay holds the largest wish back from going down', () => {
  const delayed = { scaleDownDelayMs: 4000 }
  const first = decide({ readyPods: 5, stableValue: 50, panicValue: 50, spec: delayed })
  expect(first.desiredPods).toBe(5)
  const second = decide({ readyPods: 5, stableValue: 30, state: first.state, nowMs: nowMs + 2000, spec: delayed })
  expect(second.desiredPods).toBe(5)
  expect(second.trail.at(-1)).toEqual({
    stage: 'stabilisation',
    from: 3,
    to: 5,
    because: 'scale-down-delay 4 s: 5 pods were wanted within it',
  })
  expect(decide({ readyPods: 5, stableValue: 30, state: second.state, nowMs: nowMs + 4000, spec: delayed }).desiredPods).toBe(3)
  const unreachable = { ...delayed, reachable: false }
  expect(decide({ readyPods: 5, stableValue: 30, state: first.state, nowMs: nowMs + 2000, spec: unreachable }).desiredPods).toBe(3)
})

test('the excess of capacity looks at the panic window', () => {
  expect(decide({ readyPods: 4, stableValue: 0, panicValue: 30, spec: { targetBurstCapacity: 211 } }).excessBurstCapacity).toBe(159)
})

test('the trail names windows, limits and panic', () => {
  expect(decide({ readyPods: 2, stableValue: 0, panicValue: 45 }).trail).toEqual([
    { stage: 'metric', from: 2, to: 0, because: 'stable window 0 at 10 per pod' },
    { stage: 'metric', from: 2, to: 5, because: 'panic window 45 at 10 per pod' },
    { stage: 'rate', from: 0, to: 1, because: 'stable wish: one decision may want 1 to 2000 pods' },
    {
      stage: 'stabilisation',
      from: 1,
      to: 5,
      because: 'the panic window wants 5 with 2 ready, at or above the panic threshold; panic never scales down, it holds 5 pods',
    },
  ])
})
