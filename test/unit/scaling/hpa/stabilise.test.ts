import { describe, expect, test } from '@jest/globals'
import { type HpaBehavior, type Recommendation, stabiliseWithBehavior, stabiliseWithoutBehavior } from '../../../../src/scaling/index.ts'

const NOW = 1_000_000
/** Wishes as [replicas, seconds ago]. */
const log = (...wishes: readonly (readonly [number, number])[]): readonly Recommendation[] =>
  wishes.map(([replicas, ago]) => ({ replicas, atMs: NOW - ago * 1000 }))

describe('without a behavior', () => {
  type Row = readonly [string, number, readonly Recommendation[], number, readonly Recommendation[]]
  test.each<Row>([
    // desired, log, replicas, log afterwards
    ['an empty log', 3, [], 3, log([3, 0])],
    ['the highest of the window', 3, log([5, 60], [9, 120], [7, 15]), 9, log([5, 60], [9, 120], [7, 15], [3, 0])],
    ['this wish itself', 10, log([5, 60]), 10, log([5, 60], [10, 0])],
    ['the end of the window belongs to it', 3, log([9, 300]), 9, log([9, 300], [3, 0])],
    ['beyond it a wish is forgotten and its slot used', 3, log([9, 300.001]), 3, log([3, 0])],
    ['the last outdated slot is used', 3, log([9, 400], [8, 500], [5, 20]), 5, log([9, 400], [3, 0], [5, 20])],
  ])('%s', (_, desiredReplicas, recommendations, replicas, after) => {
    const result = stabiliseWithoutBehavior({ desiredReplicas, recommendations, nowMs: NOW })
    expect(result).toMatchObject({
      replicas,
      recommendations: after,
      reason: replicas === desiredReplicas ? 'ReadyForNewScale' : 'ScaleDownStabilized',
    })
  })

  test('another window of the controller', () => {
    const wishes = { desiredReplicas: 3, recommendations: log([9, 60], [7, 20]), nowMs: NOW }
    expect(stabiliseWithoutBehavior({ ...wishes, downscaleStabilizationMs: 30_000 })).toMatchObject({
      replicas: 7,
      recommendations: log([3, 0], [7, 20]),
    })
    expect(stabiliseWithoutBehavior({ ...wishes, downscaleStabilizationMs: 0 })).toMatchObject({
      replicas: 3,
      recommendations: log([9, 60], [3, 0]),
    })
  })
})

describe('with a behavior', () => {
  const windows = (up: number, down: number): HpaBehavior => ({
    scaleUp: { stabilizationWindowSeconds: up },
    scaleDown: { stabilizationWindowSeconds: down },
  })
  type Row = readonly [string, HpaBehavior, number, number, readonly Recommendation[], number, string]
  test.each<Row>([
    // behavior, current, desired, log, replicas, reason
    ['no windows: the wish', windows(0, 0), 5, 8, log([2, 15], [20, 15]), 8, 'ReadyForNewScale'],
    ['no windows: the wish, downwards', windows(0, 0), 5, 2, log([2, 15], [20, 15]), 2, 'ReadyForNewScale'],
    ['growth waits for the lowest wish', windows(60, 0), 5, 10, log([7, 30], [8, 15]), 7, 'ScaleUpStabilized'],
    ['growth waits at the current size', windows(60, 0), 5, 10, log([3, 30], [8, 15]), 5, 'ScaleUpStabilized'],
    ['shrinking waits for the highest wish', windows(0, 60), 9, 2, log([4, 30], [6, 15]), 6, 'ScaleDownStabilized'],
    ['shrinking waits at the current size', windows(0, 60), 9, 2, log([40, 30], [6, 15]), 9, 'ScaleDownStabilized'],
    ['both windows hold the size between them', windows(60, 60), 5, 4, log([2, 30], [8, 15]), 5, 'ScaleDownStabilized'],
    ['an unsteady wish above holds the size', windows(60, 60), 5, 9, log([2, 30]), 5, 'ScaleUpStabilized'],
    ['the end of the window for growing is outside', windows(60, 0), 5, 10, log([7, 60]), 10, 'ReadyForNewScale'],
    ['a millisecond inside counts', windows(60, 0), 5, 10, log([7, 59.999]), 7, 'ScaleUpStabilized'],
    ['the end of the window for shrinking is outside', windows(0, 60), 9, 2, log([8, 60]), 2, 'ReadyForNewScale'],
    ['the wish equals the current size', windows(60, 60), 5, 5, log([2, 30], [9, 30]), 5, 'ReadyForNewScale'],
    ['an empty behavior has 300 s for shrinking', {}, 9, 2, log([8, 299]), 8, 'ScaleDownStabilized'],
    ['and none for growing', {}, 2, 9, log([1, 1]), 9, 'ReadyForNewScale'],
  ])('%s', (_, behavior, currentReplicas, desiredReplicas, recommendations, replicas, reason) => {
    expect(stabiliseWithBehavior({ behavior, currentReplicas, desiredReplicas, recommendations, nowMs: NOW })).toMatchObject({
      replicas,
      reason,
    })
  })

  test.each<readonly [string, readonly Recommendation[], readonly Recommendation[]]>([
    ['a slot older than both windows', log([1, 61], [2, 40], [3, 10]), log([7, 0], [2, 40], [3, 10])],
    ['not one that the longer window needs', log([2, 40]), log([2, 40], [7, 0])],
    ['not one exactly at the end', log([2, 60]), log([2, 60], [7, 0])],
    ['the last of several', log([1, 70], [2, 80]), log([1, 70], [7, 0])],
  ])('the raw wish is logged: %s', (_, recommendations, after) => {
    const input = { behavior: windows(30, 60), currentReplicas: 5, desiredReplicas: 7, recommendations, nowMs: NOW }
    expect(stabiliseWithBehavior(input).recommendations).toEqual(after)
    expect(recommendations).not.toContainEqual({ replicas: 7, atMs: NOW })
  })

  test('the controller may set the window for shrinking', () => {
    const input = { behavior: {}, currentReplicas: 9, desiredReplicas: 2, recommendations: log([8, 40]), nowMs: NOW }
    expect(stabiliseWithBehavior({ ...input, downscaleStabilizationMs: 30_000 }).replicas).toBe(2)
  })
})
