import { describe, expect, test } from '@jest/globals'
import { type HpaBehavior, recordScaleEvent, type ScaleEvent, sumScaleEvents } from '../../../../src/scaling/index.ts'

const NOW = 1_000_000
const at = (change: number, ago: number): ScaleEvent => ({ change, atMs: NOW - ago * 1000 })
const outdated = (change: number, ago: number): ScaleEvent => ({ ...at(change, ago), outdated: true })

/** 60 s is the longest period upwards, 180 s downwards. */
const behavior: HpaBehavior = {
  scaleUp: {
    policies: [
      { type: 'Pods', value: 1, periodSeconds: 60 },
      { type: 'Percent', value: 1, periodSeconds: 15 },
    ],
  },
  scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 180 }] },
}

describe('recording', () => {
  type Row = readonly [
    string,
    readonly [number, number],
    readonly ScaleEvent[],
    readonly ScaleEvent[],
    readonly ScaleEvent[],
    readonly ScaleEvent[],
  ]
  test.each<Row>([
    // from and to, up and down before, up and down after
    ['the first one up', [5, 8], [], [], [at(3, 0)], []],
    ['the first one down', [8, 5], [], [], [], [at(3, 0)]],
    ['one more', [5, 8], [at(1, 10)], [at(2, 10)], [at(1, 10), at(3, 0)], [at(2, 10)]],
    ['an old slot is used', [5, 8], [at(1, 61), at(2, 10)], [], [at(3, 0), at(2, 10)], []],
    ['the last of several old ones, the others are marked', [5, 8], [at(1, 90), at(2, 70)], [], [outdated(1, 90), at(3, 0)], []],
    ['exactly as old as the period is not old', [5, 8], [at(1, 60)], [], [at(1, 60), at(3, 0)], []],
    ['a mark stays, though the period has grown', [5, 8], [outdated(1, 30)], [], [at(3, 0)], []],
    ['each direction has its own longest period', [8, 5], [at(1, 100)], [at(2, 100)], [at(1, 100)], [at(2, 100), at(3, 0)]],
    ['old ones of the other direction are left alone', [5, 8], [], [at(2, 500)], [at(3, 0)], [at(2, 500)]],
  ])('%s', (_, [fromReplicas, toReplicas], upEvents, downEvents, up, down) => {
    expect(recordScaleEvent({ fromReplicas, toReplicas, upEvents, downEvents, behavior, nowMs: NOW })).toEqual({
      upEvents: up,
      downEvents: down,
    })
  })

  test('nothing without a behavior', () => {
    const log = { upEvents: [at(1, 500)], downEvents: [] }
    expect(recordScaleEvent({ ...log, fromReplicas: 5, toReplicas: 8, nowMs: NOW })).toEqual(log)
  })

  test('the events that came in are not touched', () => {
    const upEvents = Object.freeze([Object.freeze(at(1, 90)), Object.freeze(at(2, 70))])
    recordScaleEvent({ upEvents, downEvents: [], fromReplicas: 1, toReplicas: 2, behavior, nowMs: NOW })
    expect(upEvents).toEqual([at(1, 90), at(2, 70)])
  })
})

test.each<readonly [string, readonly ScaleEvent[], number, number]>([
  ['none', [], 60, 0],
  ['the newer ones', [at(1, 10), at(2, 59.999), at(4, 60), at(8, 61)], 60, 3],
  ['a mark does not matter', [outdated(5, 10)], 60, 5],
  ['now', [at(7, 0)], 1, 7],
])('sum over a period: %s', (_, events, periodSeconds, change) => {
  expect(sumScaleEvents({ events, periodSeconds, nowMs: NOW })).toEqual({ change })
})
