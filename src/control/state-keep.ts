import { keepsReplicas } from '../definitions/policies/keeps-replicas.ts'
import { after, earliest, type Instant, type Millis } from '../kernel/instant.ts'
import type { ComponentKey } from '../model/names.ts'
import type { Effect } from './input.ts'
import type { ControlState } from './state.ts'

/** Source: KubeVela, state-keep re-applies drifted objects every 5 minutes. */
const STATE_KEEP_MS: Millis = 300_000

export interface StateKept {
  readonly state: ControlState
  readonly effects: readonly Effect[]
  readonly wakeAt?: Instant
}

/**
 * Puts replica counts set by hand back to what the model renders, as KubeVela's state-keep does, unless an apply-once
 * policy says otherwise. Without a `scaler` trait no count is rendered, so there is nothing to put back.
 */
export function stateKeep(state: ControlState, now: Instant): StateKept {
  if (state.manual.scale.size === 0) return { state, effects: [] }
  const scale = new Map(state.manual.scale)
  const effects: Effect[] = []
  let wakeAt: Instant | undefined
  for (const [key, { replicas, at }] of state.manual.scale) {
    const rendered = renderedReplicas(state, key)
    if (rendered === undefined) continue
    const due = after(at, STATE_KEEP_MS)
    if (now < due) {
      wakeAt = earliest(wakeAt, due)
      continue
    }
    scale.delete(key)
    if (rendered === replicas) continue
    const because = ['state-keep re-applied the count of the scaler trait; the policy apply-once on spec.replicas prevents it']
    effects.push({ type: 'emit', body: { type: 'scale.decided', component: key, from: replicas, to: rendered, because } })
  }
  const changed = scale.size !== state.manual.scale.size
  const next = changed ? { ...state, manual: { ...state.manual, scale } } : state
  return { state: next, effects, ...(wakeAt === undefined ? {} : { wakeAt }) }
}

/** The count that state-keep would put back, or undefined when it keeps its hands off. */
function renderedReplicas(state: ControlState, key: ComponentKey): number | undefined {
  const app = [...state.apps.values()].find((candidate) => candidate.applied.has(key))
  const item = app?.applied.get(key)
  if (app === undefined || item === undefined || app.model.dialect !== 'oam') return undefined
  if (!item.component.traits.some((trait) => trait.type === 'scaler')) return undefined
  return keepsReplicas(app.model.policies, item.source.name, 'onStateKeep') ? undefined : item.component.scale.initial
}
