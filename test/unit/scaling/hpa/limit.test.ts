import { describe, expect, test } from '@jest/globals'
import {
  type HpaBehavior,
  limitWithBehavior,
  limitWithoutBehavior,
  type ScaleEvent,
  type ScalingPolicy,
} from '../../../../src/scaling/index.ts'

const NOW = 1_000_000

describe('without a behavior', () => {
  test.each<readonly [number, number, number, number, number, string]>([
    // current, desired, min, max, replicas, reason
    [1, 100, 1, 100, 4, 'ScaleUpLimit'],
    [2, 5, 1, 100, 4, 'ScaleUpLimit'],
    [2, 4, 1, 100, 4, 'DesiredWithinRange'],
    [3, 100, 1, 100, 6, 'ScaleUpLimit'],
    [16, 100, 1, 100, 32, 'ScaleUpLimit'],
    [3, 100, 1, 5, 5, 'TooManyReplicas'],
    [3, 100, 1, 6, 6, 'TooManyReplicas'],
    [3, 7, 1, 7, 6, 'ScaleUpLimit'],
    [0, 9, 0, 100, 4, 'ScaleUpLimit'],
    [50, 1, 1, 100, 1, 'DesiredWithinRange'],
    [50, 0, 1, 100, 1, 'TooFewReplicas'],
    [50, 2, 5, 100, 5, 'TooFewReplicas'],
    [50, 0, 0, 100, 0, 'DesiredWithinRange'],
    [5, 5, 1, 100, 5, 'DesiredWithinRange'],
    [2_000_000_000, 2_147_483_647, 1, 2_147_483_647, 2_147_483_647, 'DesiredWithinRange'],
  ])('%i, wished %i, bounds %i to %i: %i, %s', (currentReplicas, desiredReplicas, minReplicas, maxReplicas, replicas, reason) => {
    expect(limitWithoutBehavior({ currentReplicas, desiredReplicas, minReplicas, maxReplicas })).toEqual({
      replicas,
      reason,
      limited: replicas !== desiredReplicas,
    })
  })

  test('another factor and minimum', () => {
    const input = { currentReplicas: 2, desiredReplicas: 100, minReplicas: 1, maxReplicas: 100 }
    expect(limitWithoutBehavior({ ...input, scaleUpLimitFactor: 8 }).replicas).toBe(16)
    expect(limitWithoutBehavior({ ...input, scaleUpLimitMinimum: 20 }).replicas).toBe(20)
  })
})

const pods = (value: number, periodSeconds = 60): ScalingPolicy => ({ type: 'Pods', value, periodSeconds })
const percent = (value: number, periodSeconds = 60): ScalingPolicy => ({ type: 'Percent', value, periodSeconds })
const up = (selectPolicy: 'Max' | 'Min' | 'Disabled', ...policies: readonly ScalingPolicy[]): HpaBehavior => ({
  scaleUp: { selectPolicy, policies },
})
const down = (selectPolicy: 'Max' | 'Min' | 'Disabled', ...policies: readonly ScalingPolicy[]): HpaBehavior => ({
  scaleDown: { selectPolicy, policies },
})
/** Events as [change, seconds ago]. */
const events = (...list: readonly (readonly [number, number])[]): readonly ScaleEvent[] =>
  list.map(([change, ago]) => ({ change, atMs: NOW - ago * 1000 }))

describe('with a behavior', () => {
  type Row = readonly [string, HpaBehavior, number, number, number, string, Record<string, readonly ScaleEvent[]>?]
  const rows: readonly Row[] = [
    // behavior, current, desired, replicas, reason, events; bounds are 1 and 100
    ['the defaults from 1', {}, 1, 100, 5, 'ScaleUpLimit'],
    ['the defaults from 10', {}, 10, 100, 20, 'ScaleUpLimit'],
    ['the defaults shrink to the minimum', {}, 50, 0, 1, 'TooFewReplicas'],
    ['pods', up('Max', pods(3)), 10, 50, 13, 'ScaleUpLimit'],
    ['up to the limit is free', up('Max', pods(3)), 10, 13, 13, 'DesiredWithinRange'],
    ['percent, rounded up in doubles: 50 and 10 % are 56', up('Max', percent(10)), 50, 90, 56, 'ScaleUpLimit'],
    ['percent of little adds one', up('Max', percent(1)), 1, 90, 2, 'ScaleUpLimit'],
    ['the largest of policies', up('Max', pods(3), percent(50)), 10, 50, 15, 'ScaleUpLimit'],
    ['the smallest of policies', up('Min', pods(3), percent(50)), 10, 50, 13, 'ScaleUpLimit'],
    ['disabled', up('Disabled', pods(3)), 10, 50, 10, 'ScaleUpLimit'],
    ['the maximum below the policies', up('Max', pods(200)), 10, 300, 100, 'TooManyReplicas'],
    ['what was added uses the policy up', up('Max', pods(5)), 13, 50, 15, 'ScaleUpLimit', { upEvents: events([3, 30]) }],
    ['an event exactly as old as the period is over', up('Max', pods(5)), 13, 50, 18, 'ScaleUpLimit', { upEvents: events([3, 60]) }],
    ['a millisecond younger is not', up('Max', pods(5)), 13, 50, 15, 'ScaleUpLimit', { upEvents: events([3, 59.999]) }],
    ['what was taken away may be added again', up('Max', pods(5)), 10, 50, 17, 'ScaleUpLimit', { downEvents: events([2, 30]) }],
    ['a used-up policy never shrinks', up('Max', pods(2)), 20, 50, 20, 'ScaleUpLimit', { upEvents: events([9, 5]) }],
    ['each policy has its own period', up('Min', pods(4, 15), pods(8, 60)), 14, 50, 18, 'ScaleUpLimit', { upEvents: events([4, 20]) }],
    ['percent counts from the start of the period', up('Max', percent(100)), 16, 90, 20, 'ScaleUpLimit', { upEvents: events([6, 20]) }],

    ['pods down', down('Max', pods(3)), 10, 2, 7, 'ScaleDownLimit'],
    ['percent down, cut in doubles: 10 less 90 % is 0', down('Max', percent(90)), 10, 0, 1, 'TooFewReplicas'],
    ['percent down, cut', down('Max', percent(15)), 10, 1, 8, 'ScaleDownLimit'],
    ['the largest change is the smallest size', down('Max', pods(3), percent(50)), 10, 1, 5, 'ScaleDownLimit'],
    ['the smallest change is the largest size', down('Min', pods(3), percent(50)), 10, 1, 7, 'ScaleDownLimit'],
    ['disabled downwards', down('Disabled', pods(3)), 10, 1, 10, 'ScaleDownLimit'],
    ['the minimum above the policies', down('Max', pods(50)), 10, 0, 1, 'TooFewReplicas'],
    ['what was taken away uses the policy up', down('Max', pods(5)), 10, 1, 8, 'ScaleDownLimit', { downEvents: events([3, 30]) }],
    ['what was added may be taken away again', down('Max', pods(5)), 10, 1, 3, 'ScaleDownLimit', { upEvents: events([2, 30]) }],
    ['a used-up policy never grows', down('Max', pods(2)), 10, 1, 10, 'ScaleDownLimit', { downEvents: events([9, 5]) }],
    ['one direction disabled leaves the other free', down('Disabled', pods(1)), 10, 15, 15, 'DesiredWithinRange'],
    ['no policies: Max allows nothing', up('Max'), 10, 50, 10, 'ScaleUpLimit'],
    ['no policies: Min allows everything', up('Min'), 10, 50, 50, 'DesiredWithinRange'],
  ]
  test.each(rows)('%s', (...[, behavior, currentReplicas, desiredReplicas, replicas, reason, log]) => {
    const input = { behavior, currentReplicas, desiredReplicas, minReplicas: 1, maxReplicas: 100, nowMs: NOW }
    const result = limitWithBehavior({ ...input, upEvents: [], downEvents: [], ...log })
    expect(result).toMatchObject({ replicas, reason, limited: replicas !== desiredReplicas })
  })

  test('a size that is not to change is not looked at, even out of bounds', () => {
    const input = {
      currentReplicas: 5,
      desiredReplicas: 5,
      minReplicas: 8,
      maxReplicas: 9,
      behavior: {},
      upEvents: [],
      downEvents: [],
      nowMs: NOW,
    }
    expect(limitWithBehavior(input)).toEqual({ replicas: 5, reason: 'DesiredWithinRange', limited: false })
  })
})
