import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Observed } from '../../../src/model/observed.ts'
import { planEnvironment } from '../../../src/plan/reconcile/plan-environment.ts'
import { checkLaunched, checkPlan } from './laws.ts'
import { type PlanFn, RandomWorld, type Shape, type Wish } from './random-world.ts'

const wish: fc.Arbitrary<Wish> = fc.record({
  hash: fc.constantFrom('aaa', 'bbb', 'ccc'),
  replicas: fc.integer({ min: 0, max: 5 }),
  token: fc.integer({ min: 0, max: 2 }),
  standby: fc.constantFrom(0, 0, 1, 2),
})

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('finish' as const), pick: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('observe' as const) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('ready' as const), pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('unready' as const), pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('fail' as const), pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('crash' as const), pick: fc.nat(20), exitCode: fc.constantFrom(0, 1) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('lose' as const), pick: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('edit' as const), component: fc.nat(2), wish: fc.option(wish, { nil: undefined }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.constantFrom(500, 5000, 60_000, 700_000) }) },
)
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never

const shapes: fc.Arbitrary<readonly Shape[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('rolling', 'rolling', 'rolling', 'replace', 'job', 'job-in-place'),
      surge: fc.integer({ min: 0, max: 2 }),
      unavailable: fc.integer({ min: 0, max: 2 }),
      needsPrevious: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((list) =>
    list.map(({ needsPrevious, ...shape }, index) => ({
      ...shape,
      kind: shape.kind as Shape['kind'],
      name: `c${index}`,
      needs: needsPrevious && index > 0 ? [`c${index - 1}`] : [],
    })),
  )

const story = fc.record({ shapes, events: fc.array(event, { maxLength: 60 }) })

function happen(world: RandomWorld, happening: Event): void {
  const running = world.running()
  const replicas = [...world.actual.keys()]
  if (happening.type === 'observe') world.observe()
  else if (happening.type === 'wait') world.advance(happening.ms)
  else if (happening.type === 'edit') {
    const name = `c${happening.component}`
    if (!world.has(name)) return
    const token = Math.max(happening.wish?.token ?? 0, world.wish(name)?.token ?? 0)
    world.edit(name, happening.wish === undefined ? undefined : { ...happening.wish, token })
  } else if (happening.type === 'finish' || happening.type === 'fail') {
    const step = running[happening.pick % Math.max(1, running.length)]
    if (step !== undefined && happening.type === 'finish') world.finish(step)
    else if (step !== undefined) world.fail(step)
  } else {
    const id = replicas[happening.pick % Math.max(1, replicas.length)]
    if (id === undefined) return
    if (happening.type === 'crash') world.crash(id, happening.exitCode)
    else if (happening.type === 'lose') world.lose(id)
    else world.setReady(id, happening.type)
  }
}

function pass(world: RandomWorld): ReturnType<PlanFn> {
  const plan = world.plan()
  checkPlan(world, plan)
  const { ready } = world.context()
  checkLaunched(world, world.launch(plan), ready)
  return plan
}

/** Nothing goes wrong any more: steps end, replicas become ready, jobs succeed, time passes when there is nothing else to do. */
function calmDown(world: RandomWorld): ReturnType<PlanFn> {
  for (let round = 0; round < 400; round++) {
    const plan = pass(world)
    const running = world.running()
    for (const step of running) world.finish(step)
    let moved = running.length > 0
    for (const replica of world.actual.values()) {
      if (replica.phase !== 'running') continue
      if (world.shape(replica.component).kind.startsWith('job')) {
        world.crash(replica.id, 0)
        moved = true
      } else if (!world.readyIds.has(replica.id)) {
        world.setReady(replica.id, 'ready')
        moved = true
      }
    }
    moved ||= [...world.inFlight.values()].length > 0 || !sameReplicas(world)
    world.observe()
    if (moved) continue
    if (plan.wakeAt === undefined) return plan
    world.advance(Math.max(1, plan.wakeAt - world.now))
  }
  throw new Error('did not converge')
}

function sameReplicas(world: RandomWorld): boolean {
  return JSON.stringify(world.observed.replicas) === JSON.stringify([...world.actual.values()])
}

function checkConverged(world: RandomWorld, plan: ReturnType<PlanFn>): void {
  expect(plan.steps).toEqual([])
  const held = new Set(plan.holds.map(({ subject }) => subject))
  for (const hold of plan.holds) expect(['failed', 'needs']).toContain(hold.reason)
  for (const { revision, replicas, standby = 0 } of world.desired().revisions) {
    if (held.has(revision.component)) continue
    const present = world.observed.replicas.filter(({ component }) => component === revision.component)
    expect(present.every((replica) => replica.revision === revision.id)).toBe(true)
    const { run } = revision.spec
    if (run.type === 'forever') expect(present).toHaveLength(replicas + standby)
    if (run.type === 'forever') expect(present.filter(({ id }) => world.waits(id))).toHaveLength(standby)
    else if (replicas > 0 && run.type === 'to-completion')
      expect(present.filter(({ containers }) => containers[0]?.exitCode === 0).length).toBeGreaterThanOrEqual(run.completions)
  }
  const names = world.desired().revisions.map(({ revision }) => revision.component as string)
  expect(world.observed.replicas.filter(({ component }) => !names.includes(component))).toEqual([])
  expect(world.network).toBe(names.length > 0)
}

function live(plan: PlanFn, { shapes: list, events }: { readonly shapes: readonly Shape[]; readonly events: readonly Event[] }): void {
  const world = new RandomWorld(list, plan)
  pass(world)
  for (const happening of events) {
    happen(world, happening)
    pass(world)
  }
  checkConverged(world, calmDown(world))
}

describe('in random worlds', () => {
  test('every plan is lawful, and the world converges to an empty plan', () => {
    fc.assert(
      fc.property(story, (tale) => live(planEnvironment, tale)),
      { numRuns: 400 },
    )
  })

  test('the order of the inputs does not matter', () => {
    const shuffled: PlanFn = (desired, observed, context) => {
      const plan = planEnvironment(desired, observed, context)
      const reversed: Observed = { ...observed, replicas: [...observed.replicas].reverse(), networks: [...observed.networks].reverse() }
      const inFlight = new Set([...context.inFlight.keys()].reverse())
      const again = planEnvironment({ ...desired, revisions: [...desired.revisions].reverse() }, reversed, { ...context, inFlight })
      expect(again).toEqual(plan)
      return plan
    }
    fc.assert(
      fc.property(story, (tale) => live(shuffled, tale)),
      { numRuns: 100 },
    )
  })
})
