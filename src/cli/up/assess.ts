import type { Instant } from '../../kernel/instant.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { Hold } from '../../model/step.ts'
import type { ComponentView, EnvironmentView } from '../../wire/views.ts'
import { firstLine } from '../render/first-line.ts'
import { describeHold } from '../render/holds.ts'

export type ComponentState = 'pending' | 'started' | 'healthy' | 'completed' | 'failed'

export interface ComponentAssessment {
  readonly component: ComponentView
  readonly state: ComponentState
  /** What it waits for, or what is wrong. */
  readonly why: string
  /** In place of `why` where the image has a line of its own beside this one. */
  readonly brief?: string
}

export interface Assessment {
  readonly components: readonly ComponentAssessment[]
  /** The least that is true of all components; `completed` when they are one-shots only. */
  readonly state: ComponentState
  /** Workflows that wait for the user, and those that failed. */
  readonly suspended: readonly { readonly application: string; readonly message: string }[]
  readonly failures: readonly { readonly application: string; readonly message: string }[]
  /** Requests are taken: what sleeps is healthy without a replica, but only an edge can wake it. */
  readonly reachable: boolean
}

/** From this many restarts on, a component that crashes again counts as failed for those who wait. */
const CRASHES_THAT_FAIL = 2
/** The same for starts that do not come to their end, as when an init container fails. */
const STARTS_THAT_FAIL = 3

/** How far the components in scope have come. */
export function assess(view: EnvironmentView, scope: ReadonlySet<ComponentKey>, now: Instant): Assessment {
  const applications = view.applications.filter((application) => application.components.some((component) => scope.has(component.key)))
  const components = applications
    .flatMap((application) => application.components)
    .filter((component) => scope.has(component.key))
    .map((component) => assessComponent(component, now))
  const failures = applications
    .filter(({ phase }) => phase === 'workflowFailed' || phase === 'workflowTerminated')
    .map((application) => ({
      application: application.name,
      message: application.message ?? (application.phase === 'workflowFailed' ? 'the workflow failed' : 'the workflow was terminated'),
    }))
  const suspended = applications
    .filter((application) => application.workflow.suspended)
    .map((application) => ({ application: application.name, message: application.message ?? 'the workflow is suspended' }))
  const workflow = applications.some(({ phase }) => phase !== 'running') ? 'busy' : 'settled'
  const reachable = view.edge.state === 'attached' || !components.some(({ component }) => component.simulated)
  const state = failures.length > 0 ? 'failed' : overall(components, { workflow, reachable })
  return { components, state, suspended, failures, reachable }
}

export function assessComponent(component: ComponentView, now: Instant): ComponentAssessment {
  if (!component.simulated) return { component, state: 'healthy', why: 'not simulated' }
  const failed = component.holds.find(isFinal)
  if (failed !== undefined) {
    const brief = failed.reason === 'image' ? { brief: 'its image cannot be had' } : {}
    return { component, state: 'failed', why: describeHold(failed, now), ...brief }
  }
  const crashing = component.holds.find((hold) => hold.reason === 'crash-backoff')
  if ((crashing?.failures ?? 0) >= STARTS_THAT_FAIL && crashing !== undefined)
    return {
      component,
      state: 'failed',
      why: `keeps failing to start, ${crashing.failures} attempts: ${crashing.on.map(firstLine).join('; ')}`,
    }
  const restarts = Math.max(0, ...component.replicas.map((replica) => replica.restarts))
  if (crashing !== undefined && restarts >= CRASHES_THAT_FAIL)
    return { component, state: 'failed', why: `keeps crashing, ${restarts} restarts` }
  const renewal = component.holds.find((hold) => hold.reason === 'renewal')
  if (renewal !== undefined) return { component, state: 'pending', why: describeHold(renewal, now) }
  if (component.healthy)
    return component.kind === 'Job' ? { component, state: 'completed', why: 'completed' } : { component, state: 'healthy', why: 'healthy' }
  return { component, state: isStarted(component) ? 'started' : 'pending', why: whyNotHealthy(component, now) }
}

/** Waiting does not help. An image that is tried again by itself has a time. */
function isFinal(hold: Hold): boolean {
  return hold.reason === 'failed' || hold.reason === 'unsupported' || (hold.reason === 'image' && hold.until === undefined)
}

function isStarted(component: ComponentView): boolean {
  const { replicas } = component
  if (replicas.length === 0) return false
  const started = replicas.filter(
    ({ phase, exitCode }) => phase === 'running' || phase === 'ready' || (phase === 'exited' && exitCode === 0),
  )
  return started.length >= Math.max(1, component.desired)
}

function whyNotHealthy(component: ComponentView, now: Instant): string {
  const holds = component.holds.map((hold) => describeHold(hold, now))
  if (holds.length > 0) return holds.join('; ')
  const details = component.replicas.flatMap((replica) => (replica.detail === undefined ? [] : [replica.detail]))
  return [component.message, ...details].filter((text) => text !== '').join('; ') || 'pending'
}

interface Surroundings {
  readonly workflow: 'busy' | 'settled'
  readonly reachable: boolean
}

function overall(components: readonly ComponentAssessment[], { workflow, reachable }: Surroundings): ComponentState {
  const has = (state: ComponentState): boolean => components.some((component) => component.state === state)
  if (has('failed')) return 'failed'
  if (has('pending') || !reachable) return 'pending'
  if (has('started') || workflow === 'busy') return 'started'
  const jobs = components.filter(({ component }) => component.simulated)
  return jobs.length > 0 && jobs.every(({ state }) => state === 'completed') ? 'completed' : 'healthy'
}
