import type { ComponentKey, ReplicaId } from '../model/names.ts'
import type { Phase } from '../model/observed.ts'
import type { StepRun } from '../model/workflow.ts'
import type { AppPhase } from '../wire/events.ts'
import { exitDetail } from './exit-detail.ts'
import type { Effect } from './input.ts'
import { phaseOf, type Readiness } from './readiness.ts'
import type { ApplicationState, ControlState } from './state.ts'

export interface Report {
  readonly state: ControlState
  readonly effects: readonly Effect[]
}

export interface ReportContext {
  readonly readiness: Readiness
}

/** Turns the difference between two states into events. Events report; nothing is decided from them. */
export function reportChanges(before: ControlState, after: ControlState, context: ReportContext): Report {
  const phases = phasesOf(after, context.readiness)
  const bodies = [
    ...replicaEvents(before, after, phases, context.readiness),
    ...healthEvents(before, after),
    ...workflowEvents(before, after),
    ...planEvents(before, after),
    ...engineEvents(before, after),
  ]
  return { state: samePhases(after.phases, phases) ? after : { ...after, phases }, effects: bodies.map((body) => ({ type: 'emit', body })) }
}

type Body = Extract<Effect, { type: 'emit' }>['body']

function phasesOf(state: ControlState, readiness: Readiness): ReadonlyMap<ReplicaId, Phase> {
  return new Map((state.observed?.replicas ?? []).map((replica) => [replica.id, phaseOf(replica, readiness)]))
}

function samePhases(left: ReadonlyMap<ReplicaId, Phase>, right: ReadonlyMap<ReplicaId, Phase>): boolean {
  return left.size === right.size && [...right].every(([id, phase]) => left.get(id) === phase)
}

function replicaEvents(
  before: ControlState,
  after: ControlState,
  phases: ReadonlyMap<ReplicaId, Phase>,
  readiness: Readiness,
): readonly Body[] {
  const events: Body[] = []
  for (const replica of after.observed?.replicas ?? []) {
    const phase = phases.get(replica.id)
    if (phase === undefined || before.phases.get(replica.id) === phase) continue
    const detail = phase === 'exited' ? exitDetail(replica) : readiness.of.get(replica.id)?.detail
    events.push({
      type: 'replica.changed',
      replica: replica.id,
      component: replica.component,
      phase,
      ...(detail === undefined ? {} : { detail }),
    })
  }
  for (const id of before.phases.keys()) {
    if (phases.has(id)) continue
    events.push({ type: 'replica.changed', replica: id, component: componentOf(id), phase: 'removed' })
  }
  return events
}

function componentOf(id: ReplicaId): ComponentKey {
  return id.slice(0, id.lastIndexOf('--')) as ComponentKey
}

function healthEvents(before: ControlState, after: ControlState): readonly Body[] {
  const events: Body[] = []
  for (const [component, health] of after.health) {
    if (before.health.get(component)?.healthy === health.healthy) continue
    events.push({ type: health.healthy ? 'component.healthy' : 'component.unhealthy', component, message: health.message })
  }
  return events
}

function workflowEvents(before: ControlState, after: ControlState): readonly Body[] {
  const events: Body[] = []
  for (const [name, app] of after.apps) {
    const old = before.apps.get(name)
    const known = new Map(flatten(old?.run.revision === app.run.revision ? old.run.steps : []).map((step) => [step.name, step]))
    for (const step of flatten(app.run.steps)) {
      const last = known.get(step.name)
      if (step.phase === (last?.phase ?? 'pending') && step.message === last?.message) continue
      events.push({
        type: 'workflow.step',
        app: name,
        step: step.name,
        phase: step.phase,
        ...(step.message === undefined ? {} : { message: step.message }),
      })
    }
    const phase = appPhase(app, after)
    if (old === undefined || appPhase(old, before) !== phase) events.push({ type: 'app.changed', app: name, phase })
  }
  return events
}

function flatten(steps: readonly StepRun[]): readonly StepRun[] {
  return steps.flatMap((step) => [step, ...flatten(step.steps)])
}

/** Source: KubeVela, application phases by workflow status and health (facts, section 1.4). */
export function appPhase(app: ApplicationState, state: ControlState): AppPhase {
  if (app.ending !== undefined) return 'deleting'
  switch (app.run.status) {
    case 'initializing':
      return 'starting'
    case 'executing':
      return 'runningWorkflow'
    case 'suspending':
      return 'workflowSuspending'
    case 'terminated':
      return 'workflowTerminated'
    case 'failed':
      return 'workflowFailed'
    case 'succeeded':
      return [...app.applied.keys()].every((key) => state.health.get(key)?.healthy !== false) ? 'running' : 'unhealthy'
    default:
      return app.run.status
  }
}

function planEvents(before: ControlState, after: ControlState): readonly Body[] {
  if (before.plan === after.plan) return []
  const text = (state: ControlState): string =>
    JSON.stringify([state.plan.steps.map((step) => step.key), state.plan.holds.map((hold) => [hold.subject, hold.reason, hold.on])])
  if (text(before) === text(after)) return []
  const steps = after.plan.steps.map(({ key, cause, group }) => ({ key, cause, ...(group === undefined ? {} : { group }) }))
  return [{ type: 'plan.changed', steps, holds: after.plan.holds }]
}

function engineEvents(before: ControlState, after: ControlState): readonly Body[] {
  const health = after.observed?.engine
  if (health === undefined || before.observed?.engine.state === health.state) return []
  return [{ type: 'engine.changed', health }]
}
