import { expect } from '@jest/globals'
import type { ComponentKey } from '../../../src/model/names.ts'
import type { Plan, Step, StepKey } from '../../../src/model/step.ts'
import { readStart } from '../../../src/plan/reconcile/step-keys.ts'
import type { RandomWorld } from './random-world.ts'

/** What must be true of any plan and of the steps taken from it. */
export function checkPlan(world: RandomWorld, plan: Plan): void {
  if (JSON.stringify(world.plan()) !== JSON.stringify(plan)) expect(world.plan()).toEqual(plan)
  const earlier = new Set<StepKey>()
  for (const step of plan.steps) {
    for (const need of step.needs) if (!earlier.has(need)) throw new Error(`"${step.key}" comes before "${need}"`)
    if (earlier.has(step.key)) throw new Error(`"${step.key}" is there twice`)
    earlier.add(step.key)
  }
}

/** Called after the steps were put under way. */
export function checkLaunched(world: RandomWorld, steps: readonly Step[], ready: ReadonlySet<string>): void {
  for (const step of steps) {
    const { action } = step
    if (action.do === 'startReplica') checkStart(world, step.group as ComponentKey, action.revision)
  }
  for (const component of new Set(steps.flatMap(({ group }) => group ?? [])))
    checkRemovals(world, component as ComponentKey, { steps, ready })
}

function checkStart(world: RandomWorld, component: ComponentKey, revision: string): void {
  const wish = world.wish(component)
  const shape = world.shape(component)
  if (wish === undefined) throw new Error('started what nobody wants')
  expect(world.network).toBe(true)
  const ids = new Set<string>(world.observed.replicas.filter((replica) => replica.component === component).map(({ id }) => id))
  for (const key of world.inFlight.keys()) {
    const start = readStart(key)
    if (start?.component === component) ids.add(start.replica)
  }
  for (const id of ids) if (world.waits(id)) ids.delete(id)
  if (shape.kind === 'rolling') expect(ids.size).toBeLessThanOrEqual(wish.replicas + shape.surge)
  else if (shape.kind === 'replace') expect(ids.size).toBeLessThanOrEqual(wish.replicas)
  else {
    const active = [...world.actual.values()].filter((replica) => replica.component === component && replica.phase !== 'exited')
    expect(active.every((replica) => replica.revision === revision)).toBe(true)
    expect(active.length).toBeLessThanOrEqual(2)
  }
}

/** A ready replica is only drained, removed or restarted while enough others are ready. */
function checkRemovals(
  world: RandomWorld,
  component: ComponentKey,
  taken: { readonly steps: readonly Step[]; readonly ready: ReadonlySet<string> },
): void {
  const wish = world.wish(component)
  const shape = world.shape(component)
  if (wish === undefined || shape.kind !== 'rolling') return
  const ended = new Set<string>()
  const restarted = new Set<string>()
  for (const { action } of taken.steps) {
    if (action.do === 'drainReplica' || action.do === 'removeReplica') ended.add(action.replica)
    if (action.do === 'restartApp') restarted.add(action.replica)
  }
  const ready = world.observed.replicas.filter((replica) => replica.component === component && taken.ready.has(replica.id))
  const endedReady = ready.filter(({ id }) => ended.has(id)).length
  const unavailable = Math.max(shape.unavailable, shape.surge === 0 ? 1 : 0)
  if (endedReady > 0) expect(ready.length - endedReady).toBeGreaterThanOrEqual(wish.replicas - unavailable)
  expect(ready.filter(({ id }) => restarted.has(id)).length).toBeLessThanOrEqual(Math.max(1, unavailable))
}
