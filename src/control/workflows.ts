import { renderObjects } from '../definitions/rendered-object.ts'
import { resolveComponent } from '../definitions/resolve.ts'
import { earliest, type Instant } from '../kernel/instant.ts'
import type { ComponentSource } from '../model/component.ts'
import type { ComponentKey } from '../model/names.ts'
import type { ControlContext } from './context.ts'
import { decideDesired } from './decide.ts'
import { collectGarbage } from './garbage.ts'
import { countReplicas, ignoresHealth, judgeComponents } from './health.ts'
import type { Effect } from './input.ts'
import { judge, type Readiness } from './readiness.ts'
import type { ApplicationState, AppliedComponent, ControlState } from './state.ts'
import { advanceRun } from './workflow/advance-run.ts'
import type { WorkflowWorld } from './workflow/run.ts'

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
      const result = advanceApp(app, state, { readiness, now, context })
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

interface AppPass {
  readonly readiness: Readiness
  readonly now: Instant
  readonly context: ControlContext
}

function advanceApp(
  app: ApplicationState,
  state: ControlState,
  pass: AppPass,
): { readonly app: ApplicationState; readonly effects: readonly Effect[]; readonly wakeAt?: Instant } {
  const effects: Effect[] = []
  const applied = new Map<ComponentKey, AppliedComponent>(app.applied)
  let touched = false
  const world: WorkflowWorld = {
    app: app.model.name,
    namespace: app.model.namespace,
    healthy: (key) => {
      const item = applied.get(key)
      if (item === undefined) return undefined
      if (item !== app.applied.get(key)) return false
      return ignoresHealth(item.source) || state.health.get(key)?.healthy === true
    },
    apply: (source, inputs) => {
      const problem = applyComponent(applied, source, inputs, pass.context)
      touched ||= problem === undefined
      return problem
    },
    rendered: (key) => renderedObjects(key, state, pass.readiness),
    notify: (step, channels, message) =>
      effects.push({ type: 'emit', body: { type: 'workflow.notification', app: app.model.name, step: step.name, channels, message } }),
  }
  const { run, wakeAt } = advanceRun(app.run, app.model.workflow, world, pass.now)
  const wake = wakeAt === undefined ? {} : { wakeAt }
  const ended = run.status === 'succeeded' && app.run.status !== 'succeeded'
  const kept = ended ? collectGarbage(app, applied) : applied
  const unchanged = !touched && kept.size === app.applied.size && sameRun(run, app.run)
  if (unchanged) return { app, effects, ...wake }
  return { app: { ...app, run, applied: touched || kept.size !== app.applied.size ? kept : app.applied }, effects, ...wake }
}

function sameRun(left: ApplicationState['run'], right: ApplicationState['run']): boolean {
  return left === right || JSON.stringify({ ...left, steps: left.steps }) === JSON.stringify({ ...right, steps: right.steps })
}

/** Resolves and enters the component; an identical one keeps its identity, so that nothing downstream is recomputed. */
function applyComponent(
  applied: Map<ComponentKey, AppliedComponent>,
  source: ComponentSource,
  inputs: Readonly<Record<string, unknown>>,
  context: ControlContext,
): string | undefined {
  const outcome = resolveComponent(context.definitions, source, new Map(Object.entries(inputs)))
  if (!outcome.ok) return outcome.diagnostics.find((diagnostic) => diagnostic.severity === 'error')?.message ?? 'cannot be resolved'
  applied.set(source.key, { source, inputs, component: outcome.value.component })
  return undefined
}

function renderedObjects(key: ComponentKey, state: ControlState, readiness: Readiness): ReturnType<WorkflowWorld['rendered']> {
  const desired = state.desired.revisions.find((item) => item.revision.component === key)
  if (desired === undefined) return undefined
  const replicas = (state.observed?.replicas ?? []).filter((replica) => replica.component === key)
  const counts = countReplicas(desired, replicas, readiness)
  return renderObjects(desired.revision.spec, {
    replicas: counts.total,
    ready: counts.ready,
    updated: counts.updated,
    available: counts.ready,
    succeeded: counts.succeeded,
    failed: counts.failed,
    active: counts.active,
  })
}
