import type { Instant } from '../kernel/instant.ts'
import { claimKey } from '../model/names.ts'
import type { Step, StepKey } from '../model/step.ts'
import type { Effect } from './input.ts'
import type { ApplicationState, ControlState } from './state.ts'

export interface Ended {
  readonly state: ControlState
  readonly effects: readonly Effect[]
}

/** Forgets applications that are being taken down once nothing of them is left, with their volumes where asked. */
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
    if (pending.length > 0) continue
    const apps = new Map(next.apps)
    apps.delete(name)
    next = { ...next, apps, manual: forget(app, next) }
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
  return { scale, stopped, restartTokens }
}
