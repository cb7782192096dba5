import { unreachable } from '../kernel/fault.ts'
import { after, type Instant } from '../kernel/instant.ts'
import type { StepKey } from '../model/step.ts'
import { stepBackOff } from '../plan/reconcile/back-off.ts'
import { applyModels, type Folded } from './apply-models.ts'
import { foldCommand } from './fold-command.ts'
import { foldEdge } from './fold-edge.ts'
import { foldObserved, foldProbe } from './fold-observed.ts'
import type { Effect, Input } from './input.ts'
import { foldScaled } from './scaling/fold-scaled.ts'
import { shownGroup } from './shown-group.ts'
import type { ControlState } from './state.ts'

/** Enters one input into the state; decides nothing. */
export function fold(state: ControlState, input: Input, now: Instant): Folded {
  switch (input.type) {
    case 'models':
      return applyModels(state, input, now)
    case 'model-rejected':
      return rejectModels(state, input)
    case 'observed':
      return { state: foldObserved(state, input, now), effects: [] }
    case 'probe':
      return { state: foldProbe(state, input), effects: [] }
    case 'step-done':
      return stepDone(state, input.key, now)
    case 'step-failed':
      return stepFailed(state, input, now)
    case 'edge-attached':
    case 'edge-acknowledged':
    case 'edge-away':
    case 'unknown-name':
      return foldEdge(state, input, now)
    case 'clock-moved':
      if (state.clock.kind !== 'virtual') return { state, effects: [] }
      return { state: { ...state, clock: { ...state.clock, now: input.now } }, effects: [{ type: 'save' }] }
    case 'scaled':
    case 'jobs-decided':
      return foldScaled(state, input)
    case 'missing-secrets':
      return { state: { ...state, missingSecrets: input.keys }, effects: [] }
    case 'command':
      return foldCommand(state, input.command, now)
    case 'demand':
    case 'wake':
      return { state, effects: [] }
    default:
      return unreachable(input)
  }
}

function rejectModels(state: ControlState, input: Extract<Input, { type: 'model-rejected' }>): Folded {
  const apps = new Map(state.apps)
  const effects: Effect[] = []
  for (const name of input.applications) {
    const app = apps.get(name)
    if (app === undefined) continue
    apps.set(name, { ...app, diagnostics: input.diagnostics })
    effects.push({ type: 'emit', body: { type: 'model.rejected', app: name, diagnostics: input.diagnostics } })
  }
  return { state: { ...state, apps }, effects }
}

function stepDone(state: ControlState, key: StepKey, now: Instant): Folded {
  const item = state.work.inFlight.get(key)
  if (item === undefined) return { state, effects: [] }
  const { action, cause } = item.step
  const inFlight = new Map(state.work.inFlight).set(key, { ...item, donePass: state.pass })
  const failures = new Map(state.work.failures)
  failures.delete(key)
  const drained = new Set(state.work.drained)
  if (action.do === 'drainReplica') drained.add(action.replica)
  const done: Effect = {
    type: 'emit',
    body: { type: 'step.done', key, action: action.do, cause, tookMs: now - item.startedAt, ...shownGroup(item.step) },
  }
  const edge = action.do === 'removeNetwork' ? { attached: false, bound: state.edge.bound, problems: [] } : state.edge
  return { state: { ...state, edge, work: { inFlight, failures, drained } }, effects: [done, { type: 'observe' }] }
}

function stepFailed(state: ControlState, input: Extract<Input, { type: 'step-failed' }>, now: Instant): Folded {
  const item = state.work.inFlight.get(input.key)
  if (item === undefined) return { state, effects: [] }
  const inFlight = new Map(state.work.inFlight)
  inFlight.delete(input.key)
  const { action, cause, bestEffort } = item.step
  const shown = shownGroup(item.step)
  if (input.fault.kind === 'cancelled') {
    const body = { type: 'step.aborted', key: input.key, action: action.do, cause, ...shown } as const
    return { state: { ...state, work: { ...state.work, inFlight } }, effects: [{ type: 'emit', body }, { type: 'observe' }] }
  }
  const count = (state.work.failures.get(input.key)?.count ?? 0) + 1
  const failure = { count, lastAt: now, fault: input.fault }
  const failures = new Map(state.work.failures).set(input.key, failure)
  const wait = stepBackOff(failure)
  const retryAt = wait === undefined ? {} : { retryAt: after(now, wait) }
  const optional = bestEffort === true ? { bestEffort } : {}
  const body = { type: 'step.failed', key: input.key, action: action.do, fault: input.fault, ...shown, ...retryAt, ...optional } as const
  return { state: { ...state, work: { ...state.work, inFlight, failures } }, effects: [{ type: 'emit', body }, { type: 'observe' }] }
}
