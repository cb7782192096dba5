import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  type HpaBehavior,
  type HpaMetric,
  type HpaSpec,
  type HpaState,
  type HpaSyncInput,
  type HpaSyncResult,
  syncHpa,
} from '../../src/scaling/index.ts'

const policy = fc.record({
  type: fc.constantFrom('Pods' as const, 'Percent' as const),
  value: fc.integer({ min: 1, max: 150 }),
  periodSeconds: fc.constantFrom(15, 30, 60, 300),
})
const rules = fc.record(
  {
    stabilizationWindowSeconds: fc.constantFrom(0, 15, 60, 300),
    selectPolicy: fc.constantFrom('Max' as const, 'Min' as const, 'Disabled' as const),
    policies: fc.array(policy, { minLength: 1, maxLength: 3 }),
    tolerance: fc.constantFrom(0, 0.05, 0.2),
  },
  { requiredKeys: [] },
)
const behavior: fc.Arbitrary<HpaBehavior | undefined> = fc.option(fc.record({ scaleUp: rules, scaleDown: rules }, { requiredKeys: [] }), {
  nil: undefined,
})
const specs: fc.Arbitrary<HpaSpec> = fc
  .tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 0, max: 60 }), behavior)
  .map(([minReplicas, more, behavior]) => ({ minReplicas, maxReplicas: minReplicas + more, behavior }))

/** Lengths of two queues at one pass; nothing means that it could not be read. */
const loads = fc.array(
  fc.tuple(fc.option(fc.double({ min: 0, max: 900, noNaN: true })), fc.option(fc.double({ min: 0, max: 900, noNaN: true }))),
  {
    minLength: 1,
    maxLength: 40,
  },
)

function metric(name: string, value: number | null): HpaMetric {
  return { type: 'External', name, target: { averageValue: 10 }, reading: value === null ? { error: 'gone' } : { value } }
}

interface Run {
  readonly spec: HpaSpec
  readonly start: number
  readonly loads: readonly (readonly [number | null, number | null])[]
}

const runs: fc.Arbitrary<Run> = fc.record({ spec: specs, start: fc.integer({ min: 0, max: 80 }), loads })

/** One result for each load, 15 s apart. */
function follow(
  run: Run,
  explain: 'trail' | 'none' = 'trail',
): readonly { readonly input: HpaSyncInput; readonly result: HpaSyncResult }[] {
  const passes: { readonly input: HpaSyncInput; readonly result: HpaSyncResult }[] = []
  let specReplicas = run.start
  let state: HpaState | undefined
  run.loads.forEach(([first, second], pass) => {
    const metrics = [metric('a', first), metric('b', second)]
    const input = deepFreeze({ spec: run.spec, specReplicas, metrics, state, nowMs: pass * 15_000, explain })
    const result = syncHpa(input)
    passes.push({ input, result })
    specReplicas = result.replicas
    state = result.state
  })
  return passes
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}

describe('an autoscaler', () => {
  test('stays within its bounds, and gets into them in one pass', () => {
    fc.assert(
      fc.property(runs, (run) => {
        for (const { input, result } of follow(run)) {
          const { minReplicas = 1, maxReplicas } = run.spec
          if (input.specReplicas === 0) expect(result.replicas).toBe(0)
          else expect(result.replicas >= minReplicas && result.replicas <= maxReplicas).toBe(true)
          expect(Number.isInteger(result.replicas)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('more load never means less size', () => {
    fc.assert(
      fc.property(runs, fc.double({ min: 0, max: 900, noNaN: true }), fc.double({ min: 0, max: 300, noNaN: true }), (run, load, more) => {
        const last = follow(run).at(-1)
        if (last === undefined) return
        const next = { spec: run.spec, specReplicas: last.result.replicas, state: last.result.state, nowMs: run.loads.length * 15_000 }
        const size = (value: number): number => syncHpa({ ...next, metrics: [metric('a', value)] }).replicas
        expect(size(load + more)).toBeGreaterThanOrEqual(size(load))
      }),
      { numRuns: 300 },
    )
  })

  test('load within the tolerance changes nothing, however long', () => {
    const ratios = fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(specs, fc.nat(60), ratios, ({ behavior, ...bounds }, above, list) => {
        const { scaleUp, scaleDown } = behavior ?? {}
        const own = { scaleUp: { ...scaleUp, tolerance: 0.101 }, scaleDown: { ...scaleDown, tolerance: 0.101 } }
        const spec = { ...bounds, behavior: own }
        const start = Math.min((bounds.minReplicas ?? 1) + above, bounds.maxReplicas)
        for (const { result } of follow({ spec, start, loads: list.map((ratio) => [ratio * start * 10, 0]) })) {
          expect(result.replicas).toBe(start)
          expect(result.rescale).toBe(false)
        }
      }),
    )
  })

  test('the same input gives the same decision, explained or not, and nothing that came in changes', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const explained = follow(run)
        expect(follow(run)).toEqual(explained)
        const plain = follow(run, 'none').map(({ result }) => result)
        expect(plain).toEqual(explained.map(({ result }) => ({ ...result, trail: [] })))
      }),
      { numRuns: 50 },
    )
  })

  test('its trail leads from each number to the next, and its end is the size', () => {
    fc.assert(
      fc.property(runs, (run) => {
        for (const { input, result } of follow(run)) {
          const chain = result.trail.filter(({ stage }) => stage !== 'metric')
          let at = input.specReplicas
          for (const [index, { stage, from, to }] of chain.entries()) {
            expect(from).toBe(index === 0 || stage === 'maximum' ? input.specReplicas : at)
            at = to
          }
          expect(at).toBe(result.replicas)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('what it remembers is bounded by its windows', () => {
    const long = fc.array(fc.tuple(fc.double({ min: 0, max: 900, noNaN: true }), fc.constant(null)), { minLength: 200, maxLength: 200 })
    fc.assert(
      fc.property(fc.record({ spec: specs, start: fc.integer({ min: 1, max: 80 }), loads: long }), (run) => {
        for (const { result } of follow(run, 'none')) {
          // 300 s of passes, the start's own wish, and one that is exactly at the end.
          expect(result.state.recommendations.length).toBeLessThanOrEqual(23)
          expect(result.state.upEvents.length).toBeLessThanOrEqual(22)
          expect(result.state.downEvents.length).toBeLessThanOrEqual(22)
          expect(result.conditions.length).toBeLessThanOrEqual(3)
        }
      }),
      { numRuns: 30 },
    )
  })
})
