import type { Instant } from '../kernel/instant.ts'
import { claimKey } from '../model/names.ts'
import type { Step, StepKey } from '../model/step.ts'
import { imagesOf } from '../plan/desired.ts'
import { stepKey } from '../plan/reconcile/step-keys.ts'
import type { Effect } from './input.ts'
import type { ApplicationState, ControlState } from './state.ts'

export interface Ended {
  readonly state: ControlState
  readonly effects: readonly Effect[]
}

/** Forgets applications that are being taken down once nothing of them is left, with their volumes and images where asked. */
export function endApplications(state: ControlState, now: Instant): Ended {
  let next = state
  const effects: Effect[] = []
  for (const [name, app] of state.apps) {
    if (app.ending === undefined || isPresent(name, state)) continue
    const removal = app.ending.volumes ? volumeRemovals(app, next) : []
    const pending = removal.filter((step) => !isRemoved(step, next))
    const started = pending.filter((step) => !next.work.inFlight.has(step.key))
    next = begin(next, started, now)
    effects.push(...started.map((step): Effect => ({ type: 'run', step })))
    const images = removeImages(app, next, now)
    next = images.state
    effects.push(...images.effects)
    if (pending.length > 0 || removesImages(next)) continue
    const apps = new Map(next.apps)
    apps.delete(name)
    next = { ...next, apps, manual: forget(app, next), scaled: forgetScaled(app, next), executions: forgetExecutions(app, next) }
    effects.push({ type: 'emit', body: { type: 'app.removed', app: name } }, { type: 'save' })
  }
  return { state: next, effects }
}

function isPresent(name: string, state: ControlState): boolean {
  if (state.observed === undefined) return true
  if (state.observed.replicas.some((replica) => replica.app === name)) return true
  return [...state.work.inFlight.values()].some(({ step, donePass }) => {
    const action = step.action
    const revision = action.do === 'startReplica' ? state.revisions.get(action.revision) : undefined
    return revision?.app === name && donePass === undefined
  })
}

function volumeRemovals(app: ApplicationState, state: ControlState): readonly Step[] {
  const inUse = new Set(state.desired.volumes)
  const names = new Set<string>()
  for (const { component } of app.applied.values()) {
    for (const volume of component.pod.volumes)
      if (volume.source.type === 'named') names.add(claimKey(component.namespace, volume.source.claim))
  }
  return [...names]
    .filter((name) => !inUse.has(name))
    .sort()
    .map((name) => ({ key: `removeVolume:${name}` as StepKey, action: { do: 'removeVolume', name }, needs: [], cause: 'down -v' }))
}

/** Orders the removal of images, once: one that stays because somebody else uses it is no reason to wait. */
function removeImages(app: ApplicationState, state: ControlState, now: Instant): Ended {
  if (app.ending?.images !== 'wanted') return { state, effects: [] }
  const steps = imageRemovals(app, state).filter((step) => !state.work.inFlight.has(step.key))
  const apps = new Map(state.apps).set(app.model.name, { ...app, ending: { ...app.ending, images: 'ordered' } })
  return { state: begin({ ...state, apps }, steps, now), effects: steps.map((step): Effect => ({ type: 'run', step })) }
}

/** What it had built; the last application takes everything that was built here, also what its model does not name any more. */
function imageRemovals(app: ApplicationState, state: ControlState): readonly Step[] {
  if (!state.engine.images) return []
  const inUse = new Set(state.desired.images.map(({ name }) => name))
  const named = imagesOf([...app.applied.values()].map(({ component }) => component))
    .filter(({ image, name }) => image.from === 'build' && !inUse.has(name))
    .map(({ image }) => image.ref)
  const refs = new Set(state.apps.size === 1 ? [...named, ...state.images.built] : named)
  return [...refs].sort().map((ref) => {
    const action = { do: 'removeImage', ref } as const
    return { key: stepKey(action), action, needs: [], cause: 'down --rmi local' }
  })
}

function removesImages(state: ControlState): boolean {
  return [...state.work.inFlight.values()].some(({ step, donePass }) => step.action.do === 'removeImage' && donePass === undefined)
}

/** A volume that cannot be removed is given up after a few tries, so that `down` always ends; the failures are in the events. */
const REMOVAL_TRIES = 3

function isRemoved(step: Step, state: ControlState): boolean {
  if (step.action.do !== 'removeVolume' || (state.work.failures.get(step.key)?.count ?? 0) >= REMOVAL_TRIES) return true
  const { name } = step.action
  return state.observed !== undefined && !state.observed.volumes.includes(name) && !state.work.inFlight.has(step.key)
}

function begin(state: ControlState, steps: readonly Step[], now: Instant): ControlState {
  if (steps.length === 0) return state
  const inFlight = new Map(state.work.inFlight)
  for (const step of steps) inFlight.set(step.key, { step, startedAt: now })
  return { ...state, work: { ...state.work, inFlight } }
}

function forget(app: ApplicationState, state: ControlState): ControlState['manual'] {
  const keys = new Set(app.applied.keys())
  const scale = new Map([...state.manual.scale].filter(([key]) => !keys.has(key)))
  const stopped = new Set([...state.manual.stopped].filter((key) => !keys.has(key)))
  const restartTokens = new Map([...state.manual.restartTokens].filter(([key]) => !keys.has(key)))
  const pauses = new Map([...state.manual.pauses].filter(([key]) => !keys.has(key)))
  const metrics = new Map([...state.manual.metrics].filter(([name]) => ![...keys].some((key) => name.startsWith(`${key}/`))))
  return { scale, stopped, restartTokens, pauses, metrics }
}

function forgetScaled(app: ApplicationState, state: ControlState): ControlState['scaled'] {
  return new Map([...state.scaled].filter(([key]) => !app.applied.has(key)))
}

function forgetExecutions(app: ApplicationState, state: ControlState): ControlState['executions'] {
  return new Map([...state.executions].filter(([key]) => !app.applied.has(key)))
}
