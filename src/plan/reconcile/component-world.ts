import type { DesiredRevision } from '../../model/desired.ts'
import type { ComponentKey, ReplicaId } from '../../model/names.ts'
import type { Observed, ObservedReplica } from '../../model/observed.ts'
import type { PlanContext } from './plan-context.ts'
import { type OrderedStart, readStart, stepKey } from './step-keys.ts'
import { isStuck } from './stuck.ts'

/** What exists of one component. */
export interface ComponentWorld {
  readonly key: ComponentKey
  readonly observed: readonly ObservedReplica[]
  /** Starts under way whose replica was not seen yet: they count and they own their ordinal. */
  readonly starting: readonly OrderedStart[]
}

/** One copy of the wanted revision: seen, or about to be. */
export interface Slot {
  readonly id: ReplicaId
  readonly ordinal: number
  readonly observed?: ObservedReplica
  readonly ordered?: OrderedStart
  readonly ready: boolean
}

/** The replicas of one component, told apart by what the plan may do with them. */
export interface Sorted {
  /** Of the wanted revision and staying, by ordinal; at most as many as are wanted. */
  readonly kept: readonly Slot[]
  /** To be removed: those that are not ready first, then those that drain already, then the highest ordinal. */
  readonly surplus: readonly Surplus[]
  /** Being removed right now. */
  readonly leaving: readonly ObservedReplica[]
  /** Starts under way that nobody wants any more; they cannot be undone before they end. */
  readonly unwanted: readonly OrderedStart[]
}

export interface Surplus {
  readonly replica: ObservedReplica
  readonly ready: boolean
  readonly superseded: boolean
}

/** Sorts everything that exists by component. */
export function readWorlds(observed: Observed, context: PlanContext): ReadonlyMap<ComponentKey, ComponentWorld> {
  const worlds = new Map<ComponentKey, { key: ComponentKey; observed: ObservedReplica[]; starting: OrderedStart[] }>()
  const world = (key: ComponentKey): { observed: ObservedReplica[]; starting: OrderedStart[] } => {
    const known = worlds.get(key)
    if (known !== undefined) return known
    const made = { key, observed: [], starting: [] }
    worlds.set(key, made)
    return made
  }
  const seen = new Set<ReplicaId>()
  for (const replica of observed.replicas) {
    seen.add(replica.id)
    world(replica.component).observed.push(replica)
  }
  for (const key of context.inFlight.keys()) {
    const start = readStart(key)
    if (start !== undefined && !seen.has(start.replica)) world(start.component).starting.push(start)
  }
  for (const { observed: replicas, starting } of worlds.values()) {
    replicas.sort(byOrdinal)
    starting.sort(byOrdinal)
  }
  return worlds
}

/** Whether the replica's requests are being ended, or have ended. */
function isDraining(id: ReplicaId, context: PlanContext): boolean {
  return context.drained.has(id) || context.inFlight.has(stepKey({ do: 'drainReplica', replica: id, graceMs: 0 }))
}

export function isLeaving(id: ReplicaId, context: PlanContext): boolean {
  return context.inFlight.has(stepKey({ do: 'removeReplica', replica: id, graceMs: 0 }))
}

/** Decides which replicas stay: the wanted number of the wanted revision, the best ones. */
export function sortReplicas(wanted: DesiredRevision, world: ComponentWorld, context: PlanContext): Sorted {
  const leaving: ObservedReplica[] = []
  const candidates: (Slot & { readonly draining: boolean })[] = []
  const surplus: Surplus[] = []
  const unwanted: OrderedStart[] = []
  for (const replica of world.observed) {
    const ready = context.ready.has(replica.id)
    if (isLeaving(replica.id, context)) leaving.push(replica)
    else if (replica.revision !== wanted.revision.id || isLost(replica) || isStuck(replica, context))
      surplus.push({ replica, ready, superseded: true })
    else candidates.push({ id: replica.id, ordinal: replica.ordinal, observed: replica, ready, draining: isDraining(replica.id, context) })
  }
  for (const start of world.starting) {
    if (start.revision !== wanted.revision.id) unwanted.push(start)
    else candidates.push({ id: start.replica, ordinal: start.ordinal, ordered: start, ready: false, draining: false })
  }
  // A replica that drains already stays the one to go, so that a change of readiness elsewhere does not end two.
  candidates.sort(
    (left, right) =>
      Number(left.draining) - Number(right.draining) || Number(right.ready) - Number(left.ready) || left.ordinal - right.ordinal,
  )
  const kept = candidates.slice(0, wanted.replicas).sort(byOrdinal)
  for (const { observed, ordered, ready } of candidates.slice(wanted.replicas)) {
    if (observed !== undefined) surplus.push({ replica: observed, ready, superseded: false })
    else if (ordered !== undefined) unwanted.push(ordered)
  }
  const draining = new Set(surplus.filter(({ replica }) => isDraining(replica.id, context)))
  surplus.sort(
    (left, right) =>
      Number(left.ready) - Number(right.ready) ||
      Number(draining.has(right)) - Number(draining.has(left)) ||
      right.replica.ordinal - left.replica.ordinal ||
      (left.replica.id < right.replica.id ? -1 : 1),
  )
  return { kept, surplus, leaving, unwanted }
}

/** The start did not come to its end (its daemon died, or an init container failed): starting again finishes it. */
export function isHalfStarted(replica: ObservedReplica): boolean {
  if (replica.phase === 'created' || replica.phase === 'starting') return true
  if (replica.phase === 'running') return false
  return !replica.containers.some((container) => container.role !== 'init' && container.startedAt !== undefined)
}

/** Nothing of the replica is left but its name. */
export function isLost(replica: ObservedReplica): boolean {
  return replica.phase === 'exited' && replica.containers.length === 0
}

function byOrdinal(left: { readonly ordinal: number }, right: { readonly ordinal: number }): number {
  return left.ordinal - right.ordinal
}
