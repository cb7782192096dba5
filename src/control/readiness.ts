import type { ReplicaId } from '../model/names.ts'
import type { ObservedReplica, Phase } from '../model/observed.ts'
import { judgeReplica, type ReplicaHealth } from './probe-book.ts'
import type { ControlState } from './state.ts'

export interface Readiness {
  readonly of: ReadonlyMap<ReplicaId, ReplicaHealth>
  readonly ready: ReadonlySet<ReplicaId>
  readonly failing: ReadonlyMap<ReplicaId, readonly { readonly container: string; readonly why: string }[]>
  readonly draining: ReadonlySet<ReplicaId>
}

/** The last judgement over each set of revisions: several parts of a pass, and whoever looks after it, ask for the same one. */
const judged = new WeakMap<
  ControlState['revisions'],
  { readonly from: Pick<ControlState, 'observed' | 'probes' | 'work'>; readonly readiness: Readiness }
>()

/** Derives what traffic and the planner need to know from observation, probes and the work under way. */
export function judge(state: ControlState): Readiness {
  const { observed, probes, work, revisions } = state
  const known = judged.get(revisions)
  if (known?.from.observed === observed && known?.from.probes === probes && known?.from.work === work) return known.readiness
  const readiness = judgeAnew(state)
  judged.set(revisions, { from: { observed, probes, work }, readiness })
  return readiness
}

function judgeAnew(state: ControlState): Readiness {
  const of = new Map<ReplicaId, ReplicaHealth>()
  const ready = new Set<ReplicaId>()
  const failing = new Map<ReplicaId, ReplicaHealth['failing']>()
  const draining = drainingReplicas(state)
  for (const replica of state.observed?.replicas ?? []) {
    const spec = state.revisions.get(replica.revision)?.spec
    if (spec === undefined) continue
    const health = judgeReplica(state.probes, replica, spec)
    of.set(replica.id, health)
    if (health.ready && !draining.has(replica.id)) ready.add(replica.id)
    if (health.failing.length > 0) failing.set(replica.id, health.failing)
  }
  return { of, ready, failing, draining }
}

/** Replicas that take no new requests: being drained, drained, or being removed or restarted (until an observation has seen the result). */
function drainingReplicas(state: ControlState): ReadonlySet<ReplicaId> {
  const draining = new Set(state.work.drained)
  for (const { step } of state.work.inFlight.values()) {
    const action = step.action
    if (action.do === 'drainReplica' || action.do === 'removeReplica') draining.add(action.replica)
    else if (action.do === 'restartApp' || action.do === 'freezeReplica') draining.add(action.replica)
  }
  return draining
}

/** The phase people see. */
export function phaseOf(replica: ObservedReplica, readiness: Readiness): Phase {
  if (replica.phase === 'exited') return 'exited'
  if (readiness.draining.has(replica.id)) return 'draining'
  if (readiness.ready.has(replica.id)) return 'ready'
  return replica.phase
}
