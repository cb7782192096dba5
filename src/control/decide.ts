import type { Service } from '../model/component.ts'
import type { Desired, Revision } from '../model/desired.ts'
import type { RevisionId } from '../model/names.ts'
import { buildDesired, type DesiredComponent } from '../plan/desired.ts'
import { decideImages, idsOf, withImageIds } from './decide-images.ts'
import { desiredExecutions, isRunAgain, NO_EXECUTIONS, runningRevisions } from './executions/executions.ts'
import { settleExecutions } from './executions/settle-executions.ts'
import type { ImageBook } from './image-book.ts'
import { isScaled, specReplicas } from './scaling/scaled.ts'
import type { ApplicationState, AppliedComponent, ControlState } from './state.ts'

/** What should be, from what is applied and what the user decided by hand. */
export function decideDesired(before: ControlState): ControlState {
  const state = settleExecutions(before)
  const live = [...state.apps.values()].filter((app) => app.ending === undefined)
  const { book, renewals } = decideImages(state, live)
  const desired = buildDesired({
    environment: state.environment,
    components: live.flatMap((app) => [...app.applied.values()].map((item) => desiredComponent(item, { app, state, runs: book.runs }))),
    services: live.flatMap((app) => documentServices(app)),
    renewals,
  })
  return { ...state, images: book, desired, revisions: keepRevisions(state, desired) }
}

function desiredComponent(
  item: AppliedComponent,
  { app, state, runs }: { readonly app: ApplicationState; readonly state: ControlState; readonly runs: ImageBook['runs'] },
): DesiredComponent {
  const { component } = item
  const { pull } = app.images
  const images = idsOf(component, runs)
  return {
    component: withImageIds(component, runs),
    app: component.app,
    replicas: replicasOf(item, state),
    standby: state.manual.stopped.has(component.key) ? 0 : (component.scale.standby ?? 0),
    restartToken: state.manual.restartTokens.get(component.key) ?? 0,
    ...(isRunAgain(component)
      ? { executions: (current) => desiredExecutions(state.executions.get(component.key) ?? NO_EXECUTIONS, current, state) }
      : {}),
    ...(pull === undefined ? {} : { pull }),
    ...(images === undefined ? {} : { images }),
  }
}

function replicasOf(item: AppliedComponent, state: ControlState): number {
  const { component } = item
  if (state.manual.stopped.has(component.key)) return 0
  if (component.run.type === 'to-completion') return component.run.parallelism
  if (isScaled(component)) return specReplicas(component, state)
  return state.manual.scale.get(component.key)?.replicas ?? component.scale.initial
}

/** Service documents whose component is applied; a target port given by name is looked up there. */
function documentServices(app: ApplicationState): readonly Service[] {
  const services: Service[] = []
  for (const document of app.model.services) {
    const component = app.applied.get(document.selects)?.component
    if (component === undefined) continue
    const ports = component.pod.containers.flatMap((container) => container.ports)
    services.push({
      name: document.name,
      namespace: document.namespace,
      component: document.selects,
      headless: document.headless,
      origin: document.origin,
      ports: document.ports.map((port) => ({
        name: port.name,
        port: port.port,
        protocol: port.protocol,
        target:
          typeof port.target === 'number' ? port.target : (ports.find((candidate) => candidate.name === port.target)?.number ?? port.port),
      })),
    })
  }
  return services
}

/** Those of replicas that a daemon left are kept until its successor has looked. */
function keepRevisions(state: ControlState, desired: Desired): ReadonlyMap<RevisionId, Revision> {
  const revisions = new Map<RevisionId, Revision>(state.observed === undefined ? state.revisions : [])
  for (const item of desired.revisions) revisions.set(item.revision.id, item.revision)
  for (const revision of runningRevisions(state)) if (!revisions.has(revision.id)) revisions.set(revision.id, revision)
  for (const replica of state.observed?.replicas ?? []) {
    const known = state.revisions.get(replica.revision)
    if (known !== undefined && !revisions.has(known.id)) revisions.set(known.id, known)
  }
  for (const { step } of state.work.inFlight.values()) {
    if (step.action.do !== 'startReplica') continue
    const known = state.revisions.get(step.action.revision)
    if (known !== undefined && !revisions.has(known.id)) revisions.set(known.id, known)
  }
  return revisions
}
