import { sameValue } from '../kernel/canonical-json.ts'
import { unreachable } from '../kernel/fault.ts'
import { after, type Instant } from '../kernel/instant.ts'
import { type ReplicaId, revisionOf } from '../model/names.ts'
import type { StepKey } from '../model/step.ts'
import { stepBackOff } from '../plan/reconcile/back-off.ts'
import { applyModels, type Folded } from './apply-models.ts'
import { foldCommand } from './fold-command.ts'
import type { Effect, Input } from './input.ts'
import { prune, recordProbe } from './probe-book.ts'
import type { ControlState } from './state.ts'
import type { InFlight } from './work.ts'

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
      return {
        state: {
          ...state,
          edge: {
            attached: true,
            bound: { ...state.edge.bound, ...input.bound },
            problems: [],
            ...(input.handle === undefined ? {} : { handle: input.handle }),
          },
        },
        effects: [{ type: 'emit', body: { type: 'edge.changed', state: 'attached', detail: input.handle ?? '' } }],
      }
    case 'edge-acknowledged':
      return {
        state: { ...state, edge: { ...state.edge, bound: input.bound, problems: input.problems } },
        effects: portNotices(state, input),
      }
    case 'edge-away':
      if (!state.edge.attached) return { state, effects: [] }
      return {
        state: { ...state, edge: { ...state.edge, attached: false, awaySince: now } },
        effects: [{ type: 'emit', body: { type: 'edge.changed', state: 'away', detail: input.detail } }],
      }
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

function portNotices(state: ControlState, input: Extract<Input, { type: 'edge-acknowledged' }>): readonly Effect[] {
  if (sameValue(state.edge.problems, input.problems)) return []
  return input.problems.map((problem) => ({
    type: 'emit',
    body: { type: 'notice', level: 'warning', text: `${problem.listener}: ${problem.message}` },
  }))
}

function foldObserved(state: ControlState, input: Extract<Input, { type: 'observed' }>, now: Instant): ControlState {
  const { observed } = input
  const down = observed.engine.state !== 'healthy'
  const engineDownSince = down ? (state.engineDownSince ?? now) : undefined
  const withEngine = engineDownSince === state.engineDownSince ? state : omitEngineDown(state, engineDownSince)
  if (down) return { ...withEngine, observed: { ...(state.observed ?? observed), engine: observed.engine, at: observed.at } }
  const inFlight = new Map<StepKey, InFlight>(
    [...state.work.inFlight].filter(([, item]) => item.donePass === undefined || item.donePass > input.began),
  )
  const exists = new Set<ReplicaId>(observed.replicas.map((replica) => replica.id))
  const drained = new Set([...state.work.drained].filter((id) => exists.has(id)))
  const work = {
    ...state.work,
    inFlight: inFlight.size === state.work.inFlight.size ? state.work.inFlight : inFlight,
    drained: drained.size === state.work.drained.size ? state.work.drained : drained,
  }
  const same = state.observed !== undefined && sameValue({ ...observed, at: 0 }, { ...state.observed, at: 0 })
  return {
    ...withEngine,
    work,
    observed: same && state.observed !== undefined ? state.observed : observed,
    endpoints: sameEndpoints(state.endpoints, input.endpoints) ? state.endpoints : input.endpoints,
    probes: prune(state.probes, observed.replicas),
  }
}

function omitEngineDown(state: ControlState, engineDownSince: Instant | undefined): ControlState {
  return { ...state, engineDownSince }
}

function sameEndpoints(left: ControlState['endpoints'], right: ControlState['endpoints']): boolean {
  if (left.size !== right.size) return false
  for (const [id, ports] of right) {
    const before = left.get(id)
    if (before === undefined || before.size !== ports.size) return false
    for (const [port, endpoint] of ports) {
      const known = before.get(port)
      if (known?.host !== endpoint.host || known.port !== endpoint.port) return false
    }
  }
  return true
}

/** An edge that is taken over repeats its results at once, perhaps before the replicas were seen, and not again. */
function foldProbe(state: ControlState, input: Extract<Input, { type: 'probe' }>): ControlState {
  const { observed, revisions } = state
  if (observed?.replicas.every((replica) => replica.id !== input.replica) === true) return state
  const spec = revisions.get(revisionOf(input.replica))?.spec
  const container = spec?.pod.containers.find((candidate) => candidate.name === input.container)
  const probe = container?.probes[input.kind]
  if (probe === undefined) return state
  const probes = recordProbe(state.probes, input, probe)
  return probes === state.probes ? state : { ...state, probes }
}

function stepDone(state: ControlState, key: StepKey, now: Instant): Folded {
  const item = state.work.inFlight.get(key)
  if (item === undefined) return { state, effects: [] }
  const { action, cause, group } = item.step
  const inFlight = new Map(state.work.inFlight).set(key, { ...item, donePass: state.pass })
  const failures = new Map(state.work.failures)
  failures.delete(key)
  const drained = new Set(state.work.drained)
  if (action.do === 'drainReplica') drained.add(action.replica)
  const done: Effect = {
    type: 'emit',
    body: { type: 'step.done', key, action: action.do, cause, tookMs: now - item.startedAt, ...(group === undefined ? {} : { group }) },
  }
  const edge = action.do === 'removeNetwork' ? { attached: false, bound: state.edge.bound, problems: [] } : state.edge
  return { state: { ...state, edge, work: { inFlight, failures, drained } }, effects: [done, { type: 'observe' }] }
}

function stepFailed(state: ControlState, input: Extract<Input, { type: 'step-failed' }>, now: Instant): Folded {
  const item = state.work.inFlight.get(input.key)
  if (item === undefined) return { state, effects: [] }
  const inFlight = new Map(state.work.inFlight)
  inFlight.delete(input.key)
  const { action, cause, group } = item.step
  const shown = group === undefined ? {} : { group }
  if (input.fault.kind === 'cancelled') {
    const body = { type: 'step.aborted', key: input.key, action: action.do, cause, ...shown } as const
    return { state: { ...state, work: { ...state.work, inFlight } }, effects: [{ type: 'emit', body }, { type: 'observe' }] }
  }
  const count = (state.work.failures.get(input.key)?.count ?? 0) + 1
  const failure = { count, lastAt: now, fault: input.fault }
  const failures = new Map(state.work.failures).set(input.key, failure)
  const wait = stepBackOff(failure)
  const retryAt = wait === undefined ? {} : { retryAt: after(now, wait) }
  const body = { type: 'step.failed', key: input.key, action: action.do, fault: input.fault, ...shown, ...retryAt } as const
  return { state: { ...state, work: { ...state.work, inFlight, failures } }, effects: [{ type: 'emit', body }, { type: 'observe' }] }
}
