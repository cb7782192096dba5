import type { Instant } from '../../kernel/instant.ts'
import type { ReplicaId } from '../../model/names.ts'
import type { ObservedContainer, ObservedReplica } from '../../model/observed.ts'
import { STEADY_AFTER_MS } from './back-off.ts'

/** By replica: the restart token it carries and, per container, the restarts that back-off no longer counts. */
export type CrashHistory = ReadonlyMap<ReplicaId, CrashRecord>

export interface CrashRecord {
  readonly restartToken: number
  readonly forgiven: ReadonlyMap<string, number>
}

/**
 * Folds an observation into the history. Restarts are forgiven when a container has run for ten minutes and when the user
 * asked for the restart, so that neither lengthens the back-off of a later crash.
 */
export function foldCrashHistory(history: CrashHistory, replicas: readonly ObservedReplica[], now: Instant): CrashHistory {
  const next = new Map<ReplicaId, CrashRecord>()
  for (const replica of replicas) {
    const known = history.get(replica.id)
    const asked = known !== undefined && replica.restartToken > known.restartToken
    const forgiven = new Map<string, number>()
    for (const container of replica.containers) {
      const count = asked || ranSteadily(container, now) ? container.restarts : known?.forgiven.get(container.name)
      if (count !== undefined && count > 0) forgiven.set(container.name, count)
    }
    next.set(replica.id, { restartToken: replica.restartToken, forgiven })
  }
  return next
}

/** Restarts of a container that count for its next back-off. */
export function countedRestarts(history: CrashHistory | undefined, replica: ReplicaId, container: ObservedContainer): number {
  return Math.max(0, container.restarts - (history?.get(replica)?.forgiven.get(container.name) ?? 0))
}

/** Whether the last run of a container was (or is) long enough to forget what happened before. */
export function ranSteadily(container: ObservedContainer, now: Instant): boolean {
  if (container.startedAt === undefined) return false
  const end = container.state === 'exited' ? container.since : now
  return end - container.startedAt >= STEADY_AFTER_MS
}
