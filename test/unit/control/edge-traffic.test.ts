import { expect, test } from '@jest/globals'
import { EdgeTraffic } from '../../../src/control/scaling/edge-traffic.ts'
import { instant } from '../../../src/kernel/instant.ts'
import { type BackendCounters, backendId } from '../../../src/model/edge.ts'
import { componentKey } from '../../../src/model/names.ts'

const web = componentKey('default', 'web')
const at = (seconds: number) => instant(1_700_000_000_000 + seconds * 1000)

const counters = (changes: Partial<BackendCounters>, port = 8000): BackendCounters => ({
  backend: backendId(web, port),
  inFlight: 0,
  held: 0,
  open: 0,
  connections: 0,
  requests: 0,
  statusClasses: [0, 0, 0, 0, 0],
  bytesIn: 0,
  bytesOut: 0,
  latency: [],
  ...changes,
})

const source = (metric: 'concurrency' | 'requestRate' | 'connections', average = false) =>
  ({ by: 'edge', metric, windowMs: 10_000, average }) as const

test('what is in flight and what is held counts, over all ports of a component', () => {
  const traffic = new EdgeTraffic()
  traffic.counted([counters({ inFlight: 3, held: 2 }), counters({ inFlight: 1, open: 4 }, 9000)], at(0))
  expect(traffic.read(web, source('concurrency'), at(0))).toBe(6)
  expect(traffic.read(web, source('connections'), at(0))).toBe(6)
})

test('a mean is taken over the samples of its window', () => {
  const traffic = new EdgeTraffic()
  for (const [second, inFlight] of [
    [0, 100],
    [11, 4],
    [12, 6],
    [13, 8],
  ] as const)
    traffic.counted([counters({ inFlight })], at(second))
  expect(traffic.read(web, source('concurrency', true), at(13))).toBe(6)
})

test('a rate counts what arrived since the counters before, and nothing that is old', () => {
  const traffic = new EdgeTraffic()
  const rate = (second: number): number => traffic.read(web, source('requestRate'), at(second))
  expect(rate(0)).toBe(0)
  traffic.counted([counters({ requests: 500 })], at(0))
  expect(rate(0)).toBe(0)
  traffic.counted([counters({ requests: 520 })], at(1))
  traffic.counted([counters({ requests: 540 })], at(2))
  expect(rate(2)).toBe(20)
  traffic.restarted()
  traffic.counted([counters({ requests: 9 })], at(3))
  traffic.counted([counters({ requests: 29 })], at(4))
  expect(rate(4)).toBe(15)
})

test('demand is a request at once, and activity between two readings is remembered', () => {
  const traffic = new EdgeTraffic()
  traffic.counted([counters({ requests: 3 })], at(-1))
  traffic.counted([counters({ requests: 7 })], at(0))
  traffic.counted([counters({ requests: 7 })], at(1))
  expect(traffic.lastActive(web, source('concurrency'), 0)).toBe(at(0))
  traffic.demanded(web, 0, at(2))
  expect(traffic.read(web, source('concurrency'), at(2))).toBe(1)
  traffic.counted([counters({ requests: 8 })], at(3))
  traffic.counted([counters({ requests: 8 })], at(4))
  expect(traffic.read(web, source('concurrency'), at(4))).toBe(0)
  expect(traffic.lastActive(web, source('concurrency'), 0)).toBe(at(3))
  expect(traffic.lastActive(web, source('concurrency'), 5)).toBeUndefined()
})
