import type { ReplicaId } from '../model/names.ts'
import type { ObservedReplica, Phase } from '../model/observed.ts'
import { FROZEN, judgeReplica, type ReplicaHealth } from './probe-book.ts'
import type { ControlState } from './state.ts'

export interface Readiness {
  readonly of: ReadonlyMap<ReplicaId, ReplicaHealth>
  readonly ready: ReadonlySet<ReplicaId>
  readonly failing: ReadonlyMap<ReplicaId, readonly { readonly container: string; readonly why: string }[]>
  readonly draining: ReadonlySet<ReplicaId>
  /** Stand by: neither wanted nor ready, whatever they do. */
  readonly standby: ReadonlySet<ReplicaId>
  /** Of these, the ones whose probes have passed. */
  readonly warm: ReadonlySet<ReplicaId>
}

/** The last judgement over each set of revisions: several parts of a pass, and whoever looks after it, ask for the same one. */
const judged = new WeakMap<
  ControlState['revisions'],
  { readonly from: Pick<ControlState, 'observed' | 'probes' | 'work' | 'standbys'>; readonly readiness: Readiness }
>()

/** Derives what traffic and the planner need to know from observation, probes and the work under way. */
export function judge(state: ControlState): Readiness {
  const { observed, probes, work, standbys, revisions } = state
  const known = judged.get(revisions)
  const from = known?.from
  const same = from?.observed === observed && from?.probes === probes && from?.work === work && from?.standbys === standbys
  if (known !== undefined && same) return known.readiness
  const readiness = judgeAnew(state)
  judged.set(revisions, { from: { observed, probes, work, standbys }, readiness })
  return readiness
}

function judgeAnew(state: ControlState): Readiness {
  const of = new Map<ReplicaId, ReplicaHealth>()
  const ready = new Set<ReplicaId>()
  const failing = new Map<ReplicaId, ReplicaHealth['failing']>()
  const standby = new Set<ReplicaId>()
  const warm = new Set<ReplicaId>()
  const draining = drainingReplicas(state)
  const { freezing, thawing } = freezes(state)
  for (const replica of state.observed?.replicas ?? []) {
    const spec = state.revisions.get(replica.revision)?.spec
    if (spec === undefined) continue
    const { id } = replica
    // Before it is thawed it is asked already: its first answer is the first thing that it does.
    const frozen = (replica.frozen && !thawing.has(id)) || freezing.has(id)
    const role = state.standbys?.get(id)
    const waits = role === 'waiting'
    const seen = frozen === replica.frozen ? replica : { ...replica, frozen }
    const health = frozen && role !== undefined ? FROZEN : judgeReplica(state.probes, seen, spec)
    of.set(id, health)
    if (waits) standby.add(id)
    if (health.ready && !draining.has(id)) (waits ? warm : ready).add(id)
    if (health.failing.length > 0) failing.set(replica.id, health.failing)
  }
  return { of, ready, failing, draining, standby, warm }
}

/** Replicas that take no new requests: being drained, drained, or being removed or restarted (until an observation has seen the result). */
function drainingReplicas(state: ControlState): ReadonlySet<ReplicaId> {
  const draining = new Set(state.work.drained)
  for (const { step } of state.work.inFlight.values()) {
    const action = step.action
    if (action.do === 'drainReplica' || action.do === 'removeReplica') draining.add(action.replica)
    else if (action.do === 'restartApp') draining.add(action.replica)
  }
  return draining
}

/** Replicas that are being frozen or thawed, until an observation has seen the result. */
function freezes({ work }: ControlState): Readonly<Record<'freezing' | 'thawing', ReadonlySet<ReplicaId>>> {
  const freezing = new Set<ReplicaId>()
  const thawing = new Set<ReplicaId>()
  for (const { step } of work.inFlight.values()) {
    if (step.action.do === 'freezeReplica') freezing.add(step.action.replica)
    else if (step.action.do === 'thawReplica') thawing.add(step.action.replica)
  }
  return { freezing, thawing }
}

/** The phase people see. */
export function phaseOf(replica: ObservedReplica, readiness: Readiness): Phase {
  if (replica.phase === 'exited') return 'exited'
  if (readiness.draining.has(replica.id)) return 'draining'
  if (readiness.ready.has(replica.id)) return 'ready'
  if (readiness.warm.has(replica.id) || (readiness.standby.has(replica.id) && replica.frozen)) return 'standby'
  return replica.phase
}
