import { sameValue } from '../kernel/canonical-json.ts'
import { earliest, type Instant } from '../kernel/instant.ts'
import { type AppPass, AppWorld } from './app-world.ts'
import type { ControlContext } from './context.ts'
import { decideDesired } from './decide.ts'
import { collectGarbage } from './garbage.ts'
import { judgeComponents } from './health.ts'
import type { Effect } from './input.ts'
import { judge } from './readiness.ts'
import type { ApplicationState, ControlState } from './state.ts'
import { advanceRun } from './workflow/advance-run.ts'

export interface WorkflowPass {
  readonly state: ControlState
  readonly effects: readonly Effect[]
  readonly wakeAt?: Instant
}

/** A step can only be followed by another one so often in one pass; more would be a loop of our own making. */
const MAX_ROUNDS = 100

/** Moves every workflow as far as it goes, re-deciding what is desired and healthy after each step that applied something. */
export function runWorkflows(start: ControlState, now: Instant, context: ControlContext): WorkflowPass {
  let state = start
  const effects: Effect[] = []
  let wakeAt: Instant | undefined
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const readiness = judge(state)
    state = { ...state, health: judgeComponents(state, readiness) }
    let changed = false
    wakeAt = undefined
    for (const [name, app] of state.apps) {
      if (app.ending !== undefined) continue
      const result = advanceApp(app, state, { readiness, context, now })
      wakeAt = earliest(wakeAt, result.wakeAt)
      effects.push(...result.effects)
      if (result.app === app) continue
      changed = true
      state = { ...state, apps: new Map(state.apps).set(name, result.app) }
    }
    if (!changed) break
    state = decideDesired(state)
  }
  return { state, effects, ...(wakeAt === undefined ? {} : { wakeAt }) }
}

function advanceApp(
  app: ApplicationState,
  state: ControlState,
  pass: AppPass & { readonly now: Instant },
): { readonly app: ApplicationState; readonly effects: readonly Effect[]; readonly wakeAt?: Instant } {
  const world = new AppWorld(app, state, pass)
  const { run, wakeAt } = advanceRun(app.run, app.model.workflow, world, pass.now)
  const wake = wakeAt === undefined ? {} : { wakeAt }
  const ended = run.status === 'succeeded' && app.run.status !== 'succeeded'
  const kept = ended ? collectGarbage(app, world.applied) : world.applied
  const unchanged = !world.touched && kept.size === app.applied.size && sameRun(run, app.run)
  if (unchanged) return { app, effects: world.effects, ...wake }
  return {
    app: { ...app, run, applied: world.touched || kept.size !== app.applied.size ? kept : app.applied },
    effects: world.effects,
    ...wake,
  }
}

function sameRun(left: ApplicationState['run'], right: ApplicationState['run']): boolean {
  return left === right || sameValue(left, right)
}
