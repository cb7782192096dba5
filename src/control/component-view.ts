import type { DefinitionView } from '../definitions/definition.ts'
import type { Component, ComponentSource } from '../model/index.ts'
import { pauseState } from '../scaling/keda/pause-state.ts'
import type { ComponentView } from '../wire/views.ts'
import { endpointsOf } from './endpoints.ts'
import { notesOf } from './engine-notes.ts'
import type { Readiness } from './readiness.ts'
import { replicaView } from './replica-view.ts'
import { isScaled, policyOf } from './scaling/scaled.ts'
import type { ApplicationState, ControlState } from './state.ts'

export interface ViewContext {
  readonly state: ControlState
  readonly readiness: Readiness
  readonly definitions: DefinitionView
}

/** A component as written, with what has become of it. */
export function componentView(source: ComponentSource, app: ApplicationState, context: ViewContext): ComponentView {
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
  const scaled = state.scaled.get(component.key)
  const paused = pauseState({ annotations: policy.annotations ?? {} })
  const pauses = [
    ...(paused.paused ? [paused.pausedReplicas === undefined ? 'as it is' : `at ${paused.pausedReplicas}`] : []),
    ...(paused.scaleInPaused ? ['scale-in'] : []),
    ...(paused.scaleOutPaused ? ['scale-out'] : []),
  ]
  return {
    min: policy.min,
    max: policy.max,
    active: scaled?.active ?? [],
    ...(scaled?.failing === undefined ? {} : { failing: scaled.failing }),
    triggers: policy.triggers.length,
    ...(pauses.length === 0 ? {} : { paused: pauses.join(', ') }),
  }
}
