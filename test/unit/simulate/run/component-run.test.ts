import { describe, expect, test } from '@jest/globals'
import { aPolicy, httpTrigger, queueTrigger } from '../../../kit/scale-policies.ts'
import { simulated, sizes, steady } from '../../../kit/simulated.ts'

const constant = (seconds: number) => ({ kind: 'constant', seconds }) as const

describe.each(['events', 'flow'] as const)('%s', (mode) => {
  test('a sleeping component wakes at its first request, which waits for the start', () => {
    const result = simulated({
      load: { load: [steady(1, 100, 101)], startDelay: constant(3), serviceTime: constant(0.1) },
      seconds: 200,
      mode,
    })
    expect(sizes(result)).toEqual(['100.5s 0 → 1'])
    expect(result.coldStarts).toBe(1)
    expect(result.firstAnswer).toMatchObject({ count: 1, max: 3100 })
    expect(result.heldPeak).toBe(1)
    expect(result.requests).toMatchObject({ arrivals: 1, answered: 1, held: 0, refused: 0, expired: 0 })
  })

  test('it goes back to sleep at the first poll after the cool-down', () => {
    const result = simulated({ load: { load: [steady(1, 100, 101)], startDelay: constant(3) }, seconds: 600, mode })
    // Active at 100.5 s by the request, and at no poll after it: the first poll later than 400.5 s.
    expect(sizes(result)).toEqual(['100.5s 0 → 1', '420s 1 → 0'])
    expect(result.replicaSeconds).toBeCloseTo(319.5, 6)
  })

  test('a request between two polls puts off the end of the cool-down, as polls that find one do', () => {
    const policy = aPolicy([httpTrigger()], { cooldownMs: 60_000 })
    const load = { load: [steady(1, 10, 11), steady(1, 70, 71)], startDelay: constant(0), serviceTime: constant(0.1) }
    // Both are over before the next poll. Active until 10.6 s, then until 70.6 s: 130.6 s have passed at the poll of 150 s.
    expect(sizes(simulated({ load, policy, seconds: 300, mode }))).toEqual(['10.5s 0 → 1', '150s 1 → 0'])
  })

  test('work in flight decides how many replicas there are', () => {
    // 300 a second that take 0.1 s are 30 in flight: 3 replicas at target 10, and no more than 4 in one step.
    const result = simulated({ load: { load: [steady(300)], serviceTime: constant(0.1), startDelay: constant(1) }, seconds: 120, mode })
    expect(sizes(result).slice(-1)).toEqual(['15s 1 → 3'])
    expect(result.timeline.ready.at(-1)).toBe(3)
    expect(result.timeline.demand.slice(2, 5)).toEqual([300, 300, 300])
  })

  test('without an http trigger nobody waits for a sleeping component', () => {
    const result = simulated({ load: { load: [steady(2)] }, policy: aPolicy([queueTrigger()]), seconds: 60, mode })
    expect(result.requests).toMatchObject({ arrivals: 120, refused: 120, answered: 0 })
  })

  test('requests that wait too long leave with 504, those too many with 503', () => {
    const load = { load: [steady(10, 0, 2)], startDelay: constant(100), holdSeconds: 5, maxHeld: 12 }
    const { requests, heldPeak } = simulated({ load, seconds: 60, mode })
    expect(requests).toMatchObject({ arrivals: 20, expired: 12, refused: 8, answered: 0, held: 0 })
    expect(heldPeak).toBe(12)
  })

  test('a queue is emptied at the rate of its replicas', () => {
    const load = {
      queues: [{ trigger: 'rabbitmq', load: [steady(20, 30, 40)], consume: 2, parallel: 1, counts: 'all' as const }],
      startDelay: constant(0),
    }
    const result = simulated({ load, policy: aPolicy([queueTrigger({ target: 50 })]), seconds: 600, mode })
    expect(result.queues.rabbitmq).toEqual({ arrivals: 200, finished: 200, working: 0, waiting: 0 })
    expect(sizes(result)[0]).toBe('60s 0 → 1')
    expect(sizes(result).at(-1)).toMatch(/→ 0$/)
  })

  test('a request rate is divided by the seconds since the first one', () => {
    const trigger = httpTrigger({ metric: 'requestRate', windowMs: 60_000, target: 10 })
    const result = simulated({ load: { load: [steady(40, 5)], startDelay: constant(0) }, policy: aPolicy([trigger]), seconds: 20, mode })
    const { proposals } = result.changes.at(-1) ?? { proposals: [] }
    // 400 requests in the seconds 5 to 15, the last one not over.
    expect(proposals[0]?.value).toBeCloseTo(400 / 11, 3)
  })

  test('an average over a window is that of the requests in flight', () => {
    const trigger = httpTrigger({ metric: 'concurrency', windowMs: 15_000, average: true, target: 10 })
    const load = { load: [steady(100)], serviceTime: constant(0.5), startDelay: constant(0) }
    const result = simulated({ load, policy: aPolicy([trigger], { min: 1, initial: 1 }), seconds: 31, mode })
    expect(result.changes.map(({ proposals }) => proposals[0]?.value)[0]).toBeCloseTo((50 * 14.75) / 15, 0)
  })
})

test('a replica with few places lets requests wait in order', () => {
  const load = { load: [steady(10, 0, 1)], serviceTime: constant(0.5), concurrency: 1, startDelay: constant(0) }
  const policy = aPolicy([], { min: 1, initial: 1, max: 1 })
  const { latency, requests } = simulated({ load, policy, seconds: 10 })
  expect(requests.answered).toBe(10)
  // Each of the ten waits 0.4 s more than the one before.
  expect(latency.max).toBe(4100)
})

test('the one with the least in flight goes first where the load says so', () => {
  const load = { load: [steady(100)], serviceTime: { kind: 'exponential' as const, mean: 0.3 }, concurrency: 20, startDelay: constant(0) }
  const policy = aPolicy([], { min: 2, initial: 2, max: 2 })
  const turns = simulated({ load, policy, seconds: 300 })
  const least = simulated({ load: { ...load, balance: 'least-in-flight' }, policy, seconds: 300 })
  expect(least.latency.p99 ?? 0).toBeLessThanOrEqual(turns.latency.p99 ?? 0)
  expect(least.model).toContain('replicas with the least in flight go first')
})

test('a replica that ends lets its requests finish, for as long as the grace', () => {
  const load = { load: [steady(1, 0, 1)], serviceTime: constant(900), startDelay: constant(0) }
  const trigger = httpTrigger({ activation: 5 })
  const { requests, replicaSeconds } = simulated({ load, policy: aPolicy([trigger], { initial: 1 }), seconds: 600 })
  // Never above the activation: gone at the first poll, and 30 s later by force.
  expect(requests).toMatchObject({ arrivals: 1, cut: 1, answered: 0, inFlight: 0 })
  expect(replicaSeconds).toBeLessThan(62)
})

test('the longest run has no more steps than a short one', () => {
  const week = simulated({ load: { load: [steady(0.01)] }, seconds: 7 * 86_400, mode: 'flow' })
  expect(week.timeline.wanted.length).toBeLessThanOrEqual(720)
  expect(week.timeline.stepMs % 15_000).toBe(0)
})
