import type { DefinitionView } from '../definitions/definition.ts'
import { appliedSources } from '../dialects/step-components.ts'
import type { ComponentKey, ComponentSource } from '../model/index.ts'
import type { ApplicationView, EnvironmentSummary, EnvironmentView, WorkflowView } from '../wire/views.ts'
import { componentView, type ViewContext } from './component-view.ts'
import { webUrl } from './endpoints.ts'
import { judge } from './readiness.ts'
import { appPhase } from './report.ts'
import { routeProblems } from './route-problems.ts'
import type { ApplicationState, ControlState } from './state.ts'
import { isEnded } from './workflow/run.ts'

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
