import type { Instant, Millis } from '../../kernel/instant.ts'
import type { ComponentKey, ReplicaId } from '../../model/names.ts'
import { appliedComponents } from '../find-component.ts'
import { judge } from '../readiness.ts'
import type { ControlState } from '../state.ts'
import { specReplicas } from './scaled.ts'
import type { ScaledUnit } from './scaled-unit.ts'

/** A change of the wanted number, or a replica that became ready. */
export type ReplicaChange = { readonly at: Instant; readonly key: ComponentKey } & (
  | { readonly kind: 'replicas'; readonly from: number; readonly to: number; readonly by: 'poll' | 'sync' | 'hand' }
  | { readonly kind: 'start'; readonly delayMs: Millis }
)

interface Watched {
  wanted: number
  /** When replicas were wanted that nobody has seen yet. */
  readonly ordered: Instant[]
  /** Since when each is on its way; undefined once it was ready. */
  readonly seen: Map<ReplicaId, Instant | undefined>
}

/** How the replicas of some components change. */
export class RecordedReplicas {
  readonly #watched: ReadonlyMap<ComponentKey, Watched>
  readonly #unit: (key: ComponentKey) => ScaledUnit | undefined

  constructor(
    keys: readonly ComponentKey[],
    { state, unit }: { readonly state: ControlState; readonly unit: (key: ComponentKey) => ScaledUnit | undefined },
  ) {
    this.#unit = unit
    const applied = appliedComponents(state)
    this.#watched = new Map(
      keys.map((key) => {
        const component = applied.get(key)?.component
        const wanted = component === undefined ? 0 : specReplicas(component, state)
        // How long those that are there already took is not known.
        const seen = new Map(replicasOf(key, state).map((id) => [id, undefined]))
        return [key, { wanted, ordered: [], seen }]
      }),
    )
  }

  followed(state: ControlState, now: Instant): readonly ReplicaChange[] {
    const applied = appliedComponents(state)
    const { ready } = judge(state)
    const changes: ReplicaChange[] = []
    for (const [key, watched] of this.#watched) {
      const component = applied.get(key)?.component
      const wanted = component === undefined ? 0 : specReplicas(component, state)
      if (wanted !== watched.wanted) changes.push(this.#wantedChanged(key, watched, { wanted, now }))
      const there = replicasOf(key, state)
      for (const id of watched.seen.keys()) if (!there.includes(id)) watched.seen.delete(id)
      for (const id of there) {
        if (!watched.seen.has(id)) watched.seen.set(id, watched.ordered.shift() ?? now)
        const since = watched.seen.get(id)
        if (since === undefined || !ready.has(id)) continue
        watched.seen.set(id, undefined)
        changes.push({ kind: 'start', at: now, key, delayMs: Math.max(0, Math.round(now - since)) })
      }
    }
    return changes
  }

  #wantedChanged(key: ComponentKey, watched: Watched, { wanted, now }: { readonly wanted: number; readonly now: Instant }): ReplicaChange {
    const from = watched.wanted
    watched.wanted = wanted
    const last = this.#unit(key)?.history.at(-1)
    const decided = last !== undefined && last.to === wanted && last.from === from
    const at = decided ? last.at : now
    if (wanted < from) watched.ordered.length = Math.max(0, watched.ordered.length - (from - wanted))
    for (let more = from; more < wanted; more++) watched.ordered.push(at)
    return { kind: 'replicas', at, key, from, to: wanted, by: decided ? last.by : 'hand' }
  }
}

function replicasOf(key: ComponentKey, { observed }: ControlState): readonly ReplicaId[] {
  return (observed?.replicas ?? []).filter(({ component, phase }) => component === key && phase !== 'exited').map(({ id }) => id)
}
