import { describe, expect, test } from '@jest/globals'
import { excessBurstCapacity } from '../../../../src/scaling/kpa/burst-capacity.ts'
import { type KpaDelayWindow, recordKpaWish } from '../../../../src/scaling/kpa/delay-window.ts'
import { type KpaTargetInput, kpaTarget } from '../../../../src/scaling/kpa/target.ts'
import { emptyKpaWindows, kpaAverages, recordKpaSample } from '../../../../src/scaling/kpa/windows.ts'

const startMs = 1_700_000_000_000

test.each<[string, KpaTargetInput, number, number]>([
  ['by default', {}, 100, 70],
  ['the container has a limit', { containerConcurrency: 10 }, 10, 7],
  ['annotated', { target: 20 }, 20, 14],
  ['annotated below the limit', { target: 5, containerConcurrency: 10 }, 5, 3.5],
  ['annotated above the limit', { target: 50, containerConcurrency: 10 }, 10, 7],
  ['utilisation', { target: 50, targetUtilizationPercentage: 80 }, 50, 40],
  ['requests per second', { metric: 'rps' }, 200, 140],
  ['annotated requests per second know no limit of the container', { metric: 'rps', target: 50, containerConcurrency: 10 }, 50, 35],
  ['never nothing', { target: 0.01 }, 0.01, 0.01],
])('target: %s', (_, input, totalValue, targetValue) => {
  expect(kpaTarget(input)).toEqual({ totalValue, targetValue })
})

describe('windows', () => {
  function recorded(samples: readonly (readonly [second: number, value: number])[]) {
    return samples.reduce(
      (windows, [second, value]) => recordKpaSample({ windows, atMs: startMs + second * 1000, value }).windows,
      emptyKpaWindows({}),
    )
  }

  test('a tenth of the stable window is the panic window', () => {
    const windows = recorded(Array.from({ length: 60 }, (_, second) => [second, second < 54 ? 10 : 40] as const))
    // (54 × 10 + 6 × 40) / 60
    expect(kpaAverages({ windows, nowMs: startMs + 59_000 })).toEqual({ stableValue: 13, panicValue: 40 })
  })

  test('seconds without a sample leave the divisor too', () => {
    const windows = recorded(Array.from({ length: 60 }, (_, second) => [second, 10] as const))
    expect(kpaAverages({ windows, nowMs: startMs + 61_000 })).toEqual({ stableValue: 10, panicValue: 10 })
  })

  test('the panic window runs empty first, the stable one ends the data', () => {
    const windows = recorded([[0, 10]])
    expect(kpaAverages({ windows, nowMs: startMs + 6000 })).toEqual({ stableValue: 10, panicValue: 0 })
    expect(kpaAverages({ windows, nowMs: startMs + 60_000 })).toEqual({ stableValue: 0, panicValue: 0 })
    expect(kpaAverages({ windows, nowMs: startMs + 61_000 })).toEqual({})
    expect(kpaAverages({ windows: emptyKpaWindows({}), nowMs: startMs })).toEqual({})
  })

  test('six decimals', () => {
    const windows = recorded([
      [0, 1],
      [2, 0],
    ])
    expect(kpaAverages({ windows, nowMs: startMs + 2000 })).toEqual({ stableValue: 0.333333, panicValue: 0.333333 })
  })
})

test('the delay window gives the largest wish of its slots', () => {
  let window: KpaDelayWindow = []
  const largest = [
    [0, 5],
    [2, 3],
    [4, 4],
    // 5 is two slots old, and a delay of 6 s has three
    [5, 1],
    // gone: 4 is left
    [6, 1],
    [8, 2],
    [10, 2],
    [11, 9],
    [11, 1],
  ].map(([second = 0, wanted = 0]) => {
    const recorded = recordKpaWish({ window, nowMs: startMs + second * 1000, wanted, delayMs: 6000 })
    window = recorded.window
    return recorded.largest
  })
  expect(largest).toEqual([5, 5, 5, 5, 4, 4, 2, 9, 9])
})

test.each([
  [0, 5, 100, 50, 0],
  [-1, 5, 100, 50, -1],
  [200, 5, 100, 50, 250],
  [200, 2, 100, 50.5, -51],
  [200, 0, 100, 0, -200],
])('burst capacity %d with %d pods of %d at %d: %d in excess', (targetBurstCapacity, readyPods, totalValue, panicValue, expected) => {
  expect(excessBurstCapacity({ targetBurstCapacity, readyPods, totalValue, panicValue })).toEqual({ excessBurstCapacity: expected })
})

test('211 is the burst by default', () => {
  expect(excessBurstCapacity({ readyPods: 3, totalValue: 100, panicValue: 0 })).toEqual({ excessBurstCapacity: 89 })
})
