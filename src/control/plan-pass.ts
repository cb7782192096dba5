import { earliest, type Instant } from '../kernel/instant.ts'
import type { Action, ActionName, Observed, Plan, ReplicaId, Step } from '../model/index.ts'
import { foldCrashHistory } from '../plan/reconcile/crash-history.ts'
import { planEnvironment } from '../plan/reconcile/plan-environment.ts'
import type { Effect } from './input.ts'
import { type PlanInputs, sameInputs } from './plan-inputs.ts'
import { judge, type Readiness } from './readiness.ts'
import { settle } from './settling.ts'
import { shownGroup } from './shown-group.ts'
import { askAnew, keepStandbys, knowStandbys } from './standbys.ts'
import type { ApplicationState, ControlState } from './state.ts'

type PlanContext = Parameters<typeof planEnvironment>[2]

export interface Planned {
  readonly state: ControlState
  readonly effects: readonly Effect[]
  readonly wakeAt?: Instant
}

/** Steps that may be given up half-way when the plan no longer wants them. */
const ABORTABLE: ReadonlySet<ActionName> = new Set(['pullImage', 'buildImage', 'startReplica', 'drainReplica'])

/** Plans the environment and compares the plan with the work under way: starts the frontier, gives up what is no longer wanted. */
export function planPass(before: ControlState, now: Instant): Planned {
  const settled = settle(before, now)
  const { observed } = settled
  if (observed === undefined) return { state: settled, effects: [{ type: 'observe' }] }
  if (settled.settleBy !== undefined) return { state: settled, effects: [], wakeAt: settled.settleBy }
  const state = knowStandbys(settled, observed)
  const readiness = judge(state)
  const crashes = foldCrashHistory(state.crashes, observed.replicas, now)
  const context = planContext({ ...state, crashes }, readiness, now)
  const inputs = planInputs(state, observed, context)
  const fresh = state.planned !== undefined && sameInputs(state.planned.inputs, inputs) && !isDue(state.plan, now)
  const plan = fresh ? state.plan : planEnvironment(state.desired, withNetwork(observed, state), context)
  const withPlan: ControlState = fresh ? state : { ...state, plan, crashes, planned: { inputs } }
  const compared = compare(keepStandbys(withPlan, plan), now)
  const wakeAt = earliest(plan.wakeAt)
  return { state: compared.state, effects: compared.effects, ...(wakeAt === undefined ? {} : { wakeAt }) }
}

function isDue(plan: Plan, now: Instant): boolean {
  return plan.wakeAt !== undefined && plan.wakeAt <= now
}

function planContext(state: ControlState, readiness: Readiness, now: Instant): PlanContext {
  return {
    now,
    ready: readiness.ready,
    failing: readiness.failing,
    drained: state.work.drained,
    inFlight: state.work.inFlight,
    failures: state.work.failures,
    paused: new Set(),
    capabilities: {
      runs: state.engine.traits.runs,
      sandboxes: state.engine.sandboxes,
      images: state.engine.images,
      volumes: state.engine.volumes,
      freezes: state.engine.freezes === true,
    },
    networkReady: isNetworkReady(state),
    ...(state.standbys === undefined ? {} : { standbys: state.standbys }),
    warm: readiness.warm,
    crashes: state.crashes,
    revisions: state.revisions,
  }
}

/**
 * Where names resolve, the addresses of services are known only from an observation of the network: a replica that starts before
 * would look its peers up in vain.
 */
function isNetworkReady(state: ControlState): boolean {
  if (!state.edge.attached || state.engine.traits.serviceNames === 'rewritten') return state.edge.attached
  return [...state.work.inFlight.values()].every(({ step }) => step.action.do !== 'ensureNetwork')
}

function planInputs(state: ControlState, observed: Observed, context: PlanContext): PlanInputs {
  const failing = [...context.failing].map(([id, containers]) => `${id}:${containers.map((item) => item.container).join('+')}`)
  return {
    desired: state.desired,
    observed,
    inFlight: state.work.inFlight,
    failures: state.work.failures,
    drained: state.work.drained,
    networkReady: context.networkReady,
    standbys: context.standbys,
    readiness: `${[...context.ready].join(' ')}|${[...(context.warm ?? [])].join(' ')}|${failing.join(' ')}`,
  }
}

/** The network of an environment is there when its edge is; engines without networks report none. */
function withNetwork(observed: Observed, state: ControlState): Observed {
  if (!state.edge.attached || observed.networks.includes(state.environment)) return observed
  return { ...observed, networks: [...observed.networks, state.environment] }
}

function compare(state: ControlState, now: Instant): { readonly state: ControlState; readonly effects: readonly Effect[] } {
  const { plan } = state
  const planned = new Set(plan.steps.map((step) => step.key))
  const inFlight = new Map(state.work.inFlight)
  const effects: Effect[] = []
  let { probes } = state
  for (const step of plan.steps) {
    if (step.action.do === 'awaitReady' || inFlight.has(step.key)) continue
    if (step.needs.some((need) => planned.has(need))) continue
    const adjusted = withGrace(step, state)
    inFlight.set(step.key, { step: adjusted, startedAt: now })
    probes = askAnew(probes, step.action)
    const { key, cause, action } = step
    effects.push({ type: 'emit', body: { type: 'step.started', key, action: action.do, cause, ...shownGroup(step) } })
    effects.push({ type: 'run', step: adjusted })
  }
  for (const { step, donePass } of state.work.inFlight.values()) {
    if (donePass !== undefined) continue
    const unwanted = ABORTABLE.has(step.action.do) && !planned.has(step.key)
    if (unwanted || isTooSlow(step, state)) effects.push({ type: 'abort', key: step.key })
  }
  const drained = keepDrained(state.work.drained, plan.steps)
  const changed = inFlight.size !== state.work.inFlight.size || drained !== state.work.drained
  return { state: changed ? { ...state, probes, work: { ...state.work, inFlight, drained } } : state, effects }
}

/** A drained replica that the plan no longer removes is wanted again. */
function keepDrained(drained: ReadonlySet<ReplicaId>, steps: readonly Step[]): ReadonlySet<ReplicaId> {
  if (drained.size === 0) return drained
  const leaving = new Set(steps.flatMap((step) => (step.action.do === 'removeReplica' ? [step.action.replica] : [])))
  const kept = [...drained].filter((id) => leaving.has(id))
  return kept.length === drained.size ? drained : new Set(kept)
}

function endingOf(action: Action, state: ControlState): ApplicationState['ending'] {
  if (action.do !== 'removeReplica' && action.do !== 'drainReplica') return undefined
  const replica = state.observed?.replicas.find((candidate) => candidate.id === action.replica)
  return replica === undefined ? undefined : state.apps.get(replica.app)?.ending
}

/** `down --timeout` replaces the grace of each pod. */
function withGrace(step: Step, state: ControlState): Step {
  const graceMs = endingOf(step.action, state)?.graceMs
  const { action } = step
  if (graceMs === undefined || (action.do !== 'removeReplica' && action.do !== 'drainReplica')) return step
  return { ...step, action: { ...action, graceMs } }
}

/** A removal that was ordered with a longer grace than the user now allows is given up and ordered again. */
function isTooSlow(step: Step, state: ControlState): boolean {
  const { action } = step
  const graceMs = endingOf(action, state)?.graceMs
  return graceMs !== undefined && (action.do === 'removeReplica' || action.do === 'drainReplica') && action.graceMs > graceMs
}
