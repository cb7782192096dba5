import type { DefinitionView } from '../definitions/definition.ts'
import { appliedSources } from '../dialects/step-components.ts'
import type { Component, ComponentKey, ComponentSource } from '../model/index.ts'
import { pauseState } from '../scaling/keda/pause-state.ts'
import type { ApplicationView, ComponentView, EnvironmentSummary, EnvironmentView, WorkflowView } from '../wire/views.ts'
import { endpointsOf, webUrl } from './endpoints.ts'
import { notesOf } from './engine-notes.ts'
import { judge, type Readiness } from './readiness.ts'
import { replicaView } from './replica-view.ts'
import { appPhase } from './report.ts'
import { routeProblems } from './route-problems.ts'
import { isScaled, policyOf } from './scaling/scaled.ts'
import type { ApplicationState, ControlState } from './state.ts'
import { isEnded } from './workflow/run.ts'

interface ViewContext {
  readonly state: ControlState
  readonly readiness: Readiness
  readonly definitions: DefinitionView
}

/** Everything of an environment for people and clients. Holds no secret values: none are in the state. */
export function environmentView(state: ControlState, seq: number, definitions: DefinitionView): EnvironmentView {
  const context: ViewContext = { state, readiness: judge(state), definitions }
  const { edge, observed } = state
  const url = webUrl(state)
  return {
    schemaVersion: 1,
    seq,
    environment: state.environment,
    engine: { name: state.engine.name, ...(observed?.engine ?? { state: 'absent', detail: 'not asked yet', attributes: {} }) },
    edge: {
      state: edge.attached ? 'attached' : edge.handle === undefined ? 'none' : 'away',
      ...(edge.handle === undefined ? {} : { handle: edge.handle }),
      ...(url === undefined ? {} : { url }),
    },
    applications: [...state.apps.values()].map((app) => applicationView(app, context)),
    holds: state.plan.holds,
    strays: observed?.strays ?? [],
  }
}

function applicationView(app: ApplicationState, context: ViewContext): ApplicationView {
  const { state } = context
  const phase = appPhase(app, state)
  const components = [...sourcesOf(app).values()].map((source) => componentView(source, app, context))
  return {
    name: app.model.name,
    namespace: app.model.namespace,
    dialect: app.model.dialect,
    phase,
    healthy: phase === 'running',
    createdAt: app.createdAt,
    revision: `${app.model.name}-v${app.revision}`,
    files: app.order.fromStdin ? ['-'] : [app.model.origin.file],
    workflow: workflowView(app),
    policies: app.model.policies.map((policy) =>
      policy.type === 'not-simulated'
        ? { name: policy.name, type: policy.written, simulated: false }
        : { name: policy.name, type: policy.type, simulated: true },
    ),
    components,
    notes: app.model.notes,
    diagnostics: [
      ...app.diagnostics,
      ...routeProblems(state, app),
      ...state.unknownNames.flatMap((item) => (item.app === app.model.name ? [item.diagnostic] : [])),
    ],
  }
}

function workflowView(app: ApplicationState): WorkflowView {
  const { run, model } = app
  return {
    mode: `${model.workflow.mode}-DAG`,
    status: run.status,
    generated: model.workflow.generated,
    suspended: run.status === 'suspending' || run.heldByUser,
    terminated: run.status === 'terminated',
    finished: isEnded(run),
    steps: run.steps,
  }
}

/** Applied components as applied, then those that a step places and has not applied yet; what no step places is not there, as in a cluster. */
function sourcesOf(app: ApplicationState): ReadonlyMap<ComponentKey, ComponentSource> {
  const sources = new Map<ComponentKey, ComponentSource>()
  for (const [key, item] of app.applied) sources.set(key, item.source)
  for (const source of appliedSources(app.model.workflow.steps)) if (!sources.has(source.key)) sources.set(source.key, source)
  return sources
}

function componentView(source: ComponentSource, app: ApplicationState, context: ViewContext): ComponentView {
  const { state, definitions } = context
  const applied = app.applied.get(source.key)
  const component = applied?.component
  const health = state.health.get(source.key)
  const desired = state.desired.revisions.find((item) => item.revision.component === source.key)
  const replicas = (state.observed?.replicas ?? []).filter((replica) => replica.component === source.key)
  const typeSimulated = definitions.find('component', source.type.type)?.simulation.level !== 'known'
  const healthy = health?.healthy ?? false
  return {
    key: source.key,
    name: source.name,
    namespace: source.namespace,
    app: app.model.name,
    type: source.type.type,
    cluster: 'local',
    kind: component?.kind ?? 'none',
    simulated: typeSimulated,
    applied: applied !== undefined,
    healthy,
    message: health?.message ?? (applied === undefined ? 'not applied yet' : ''),
    desired: health?.desired ?? 0,
    ready: health?.ready ?? 0,
    ...(component === undefined || !isScaled(component) ? {} : { scaling: scalingOf(component, state) }),
    image: component?.pod.containers[0]?.image.ref ?? '',
    ...(desired === undefined ? {} : { revision: desired.revision.id }),
    replicas: replicas.map((replica) => replicaView(replica, state, context.readiness)),
    endpoints: component === undefined ? [] : endpointsOf(component, state),
    traits: source.traits.map((trait) => {
      const simulated = definitions.find('trait', trait.type)?.simulation.level !== 'known'
      return { type: trait.type, healthy: simulated ? healthy : true, simulated, ...(simulated ? {} : { message: 'not simulated' }) }
    }),
    holds: state.plan.holds.filter((hold) => hold.subject === source.key || hold.subject.startsWith(`${source.key}--`)),
    notes: component === undefined ? [] : notesOf(component, state.engine),
  }
}

function scalingOf(component: Component, state: ControlState): NonNullable<ComponentView['scaling']> {
  const policy = policyOf(component, state)
  const paused = pauseState({ annotations: policy.annotations ?? {} })
  const pauses = [
    ...(paused.paused ? [paused.pausedReplicas === undefined ? 'as it is' : `at ${paused.pausedReplicas}`] : []),
    ...(paused.scaleInPaused ? ['scale-in'] : []),
    ...(paused.scaleOutPaused ? ['scale-out'] : []),
  ]
  return {
    min: policy.min,
    max: policy.max,
    active: state.scaled.get(component.key)?.active ?? [],
    triggers: policy.triggers.length,
    ...(pauses.length === 0 ? {} : { paused: pauses.join(', ') }),
  }
}

export function environmentSummary(state: ControlState, definitions: DefinitionView): EnvironmentSummary {
  const view = environmentView(state, 0, definitions)
  return {
    environment: state.environment,
    engine: state.engine.name,
    applications: view.applications.map((app) => ({
      name: app.name,
      phase: app.phase,
      healthy: app.healthy,
      createdAt: app.createdAt,
      components: app.components.map((component) => ({
        name: component.key,
        type: component.type,
        traits: component.traits.map((trait) => trait.type),
        healthy: component.healthy,
        message: component.message,
      })),
    })),
  }
}
