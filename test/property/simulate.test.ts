import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { ScalePolicy } from '../../src/model/scale-policy.ts'
import type { ComponentLoad, LoadShape, Spread } from '../../src/simulate/load/load-types.ts'
import { diurnalShape, rampShape, spikeShape, stepsShape } from '../../src/simulate/load/shapes.ts'
import { aPolicy, httpTrigger, queueTrigger } from '../kit/scale-policies.ts'
import { type SimulatedWorld, simulated, sizes, steady } from '../kit/simulated.ts'

const SECONDS = 1500

const pieces: fc.Arbitrary<LoadShape['pieces']> = fc.oneof(
  fc.integer({ min: 1, max: 12 }).map((rate) => steady(rate).pieces),
  fc
    .record({
      from: fc.integer({ max: 5, min: 0 }),
      to: fc.integer({ min: 0, max: 15 }),
      at: fc.constant(300),
      lasts: fc.integer({ min: 60, max: 1800 }),
    })
    .map(rampShape),
  fc
    .record({
      rate: fc.integer({ min: 1, max: 20 }),
      at: fc.integer({ min: 0, max: 900 }),
      lasts: fc.integer({ min: 5, max: 200 }),
      every: fc.constant(1200),
    })
    .map(spikeShape),
  fc
    .record({ low: fc.constant(0), high: fc.integer({ min: 1, max: 12 }), peak: fc.constant(600), period: fc.constant(1800) })
    .map(diurnalShape),
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 5 })
    .map((rates) => stepsShape(rates.map((rate, index) => ({ at: index * 500, rate })))),
)

const shapes = (arrivals: LoadShape['arrivals']): fc.Arbitrary<readonly LoadShape[]> =>
  fc.array(
    pieces.map((of): LoadShape => ({ kind: 'steps', arrivals, pieces: of })),
    { minLength: 1, maxLength: 2 },
  )

const constantSpread: fc.Arbitrary<Spread> = fc.integer({ min: 1, max: 2000 }).map((ms) => ({ kind: 'constant', seconds: ms / 1000 }))
const anySpread: fc.Arbitrary<Spread> = fc.oneof(
  constantSpread,
  fc.integer({ min: 1, max: 2000 }).map((ms): Spread => ({ kind: 'exponential', mean: ms / 1000 })),
  fc.integer({ min: 1, max: 900 }).map((ms): Spread => ({ kind: 'lognormal', median: ms / 1000, p95: ms / 250 })),
)

const trigger = fc.oneof(
  fc
    .record({
      target: fc.integer({ min: 1, max: 8 }),
      metric: fc.constantFrom('concurrency' as const, 'requestRate' as const),
      activation: fc.constantFrom(0, 3),
    })
    .map(httpTrigger),
  fc.integer({ min: 1, max: 8 }).map((target) => httpTrigger({ target, average: true, windowMs: 15_000 })),
)

const behavior: fc.Arbitrary<ScalePolicy['behavior']> = fc.constantFrom(
  undefined,
  {},
  { scaleDown: { stabilizationWindowSeconds: 60 } },
  { scaleUp: { stabilizationWindowSeconds: 45, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] }, scaleDown: { tolerance: 0.3 } },
)

const cached = { ...queueTrigger({ target: 4, useCachedMetrics: true }), type: 'redis' }

const policy = fc
  .record({
    triggers: fc.tuple(trigger, fc.boolean()).map(([first, more]) => (more ? [first, cached] : [first])),
    min: fc.constantFrom(0, 0, 1, 2),
    max: fc.integer({ min: 3, max: 12 }),
    cooldownMs: fc.constantFrom(0, 60_000, 300_000),
    pollMs: fc.constantFrom(30_000, 7000),
    behavior,
  })
  .map(({ triggers, min, behavior: rules, ...more }) =>
    aPolicy(triggers, { ...more, min, initial: min, ...(rules === undefined ? {} : { behavior: rules }) }),
  )

const world = (load: fc.Arbitrary<Partial<ComponentLoad>>): fc.Arbitrary<SimulatedWorld> =>
  fc.record({ load, policy, seconds: fc.constant(SECONDS), seed: fc.integer() })

const anyLoad = fc.record(
  {
    load: fc.oneof(shapes('even'), shapes('poisson')),
    serviceTime: anySpread,
    startDelay: anySpread,
    concurrency: fc.integer({ min: 1, max: 20 }),
    holdSeconds: fc.integer({ min: 1, max: 60 }),
    maxHeld: fc.integer({ min: 1, max: 50 }),
    queues: shapes('even').map((load) => [{ trigger: 'redis', load, consume: 2, parallel: 1, counts: 'all' as const }]),
  },
  { requiredKeys: ['load'] },
)

const exactLoad = (arrivals: LoadShape['arrivals']): fc.Arbitrary<Partial<ComponentLoad>> =>
  fc.record({ load: shapes(arrivals), serviceTime: constantSpread, startDelay: constantSpread })

test.each(['events', 'flow'] as const)('the same seed gives the same bytes (%s)', (mode) => {
  fc.assert(
    fc.property(world(anyLoad), (some) => {
      expect(JSON.stringify(simulated({ ...some, mode }))).toBe(JSON.stringify(simulated({ ...some, mode })))
    }),
    { numRuns: 20 },
  )
})

test.each(['events', 'flow'] as const)('no request is lost or made up (%s)', (mode) => {
  fc.assert(
    fc.property(world(anyLoad), (some) => {
      const { requests, heldPeak } = simulated({ ...some, mode })
      const { arrivals, answered, inFlight, held, refused, expired, cut } = requests
      expect(answered + inFlight + held + refused + expired + cut).toBe(arrivals)
      expect(Math.min(answered, inFlight, held, refused, expired, cut)).toBeGreaterThanOrEqual(0)
      expect(heldPeak).toBeLessThanOrEqual(some.load.maxHeld ?? 10_000)
    }),
    { numRuns: 25 },
  )
})

test.each(['events', 'flow'] as const)('a tick that is not asked would have changed nothing (%s)', (mode) => {
  fc.assert(
    fc.property(world(anyLoad), (some) => {
      const [quick, always] = [simulated({ ...some, mode }), simulated({ ...some, mode, always: true })]
      expect(sizes(quick)).toEqual(sizes(always))
      expect(quick.timeline).toEqual(always.timeline)
      expect(quick.asked).toBeLessThanOrEqual(always.asked)
    }),
    { numRuns: 25 },
  )
})

test.each(['even', 'poisson'] as const)('a stream makes the same decisions as its requests one by one (%s arrivals)', (arrivals) => {
  fc.assert(
    fc.property(world(exactLoad(arrivals)), (some) => {
      const [events, flow] = [simulated({ ...some, mode: 'events' }), simulated({ ...some, mode: 'flow' })]
      expect(sizes(flow)).toEqual(sizes(events))
      const { arrivals: came, answered, held, refused, expired } = events.requests
      expect(flow.requests).toMatchObject({ arrivals: came, held, refused, expired })
      expect(flow.requests.answered + flow.requests.inFlight).toBe(answered + events.requests.inFlight + events.requests.cut)
    }),
    { numRuns: 30 },
  )
})

test.each(['events', 'flow'] as const)('no message is lost (%s)', (mode) => {
  const queue = fc.record({ load: shapes('poisson'), consume: fc.integer({ min: 1, max: 20 }), parallel: fc.integer({ min: 1, max: 4 }) })
  fc.assert(
    fc.property(queue, fc.integer(), (some, seed) => {
      const queues = [{ ...some, trigger: 'rabbitmq', counts: 'all' as const }]
      const { queues: counts } = simulated({ load: { queues }, policy: aPolicy([queueTrigger()]), seconds: SECONDS, seed, mode })
      const { arrivals = 0, finished = -1, working = -1, waiting = -1 } = counts.rabbitmq ?? {}
      expect(finished + working + waiting).toBe(arrivals)
      expect(Math.min(finished, working, waiting)).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: 30 },
  )
})
