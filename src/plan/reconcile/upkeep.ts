import type { DesiredRevision } from '../../model/desired.ts'
import type { ReplicaId } from '../../model/names.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import { ALL_CONTAINERS, type StepKey } from '../../model/step.ts'
import { isHalfStarted, type Slot } from './component-world.ts'
import { planContainerRestarts } from './crashes.ts'
import type { PlanDraft } from './plan-draft.ts'
import type { Starter } from './starts.ts'

/**
 * Brings the replicas that stay to readiness: finishes interrupted starts, restarts containers in place, and restarts replicas
 * behind the restart token, at most `atOnce` ready ones at a time. Returns the key of readiness for each that is not ready.
 */
export function planUpkeep(
  draft: PlanDraft,
  wanted: DesiredRevision,
  work: { readonly kept: readonly Slot[]; readonly starter: Starter; readonly atOnce: number },
): readonly StepKey[] {
  const pending: StepKey[] = []
  const restartLater: ObservedReplica[] = []
  for (const slot of work.kept) {
    const replica = slot.observed
    if (replica === undefined || isHalfStarted(replica)) {
      const cause = replica === undefined ? 'being started' : 'start interrupted'
      const token = slot.ordered === undefined ? {} : { restartToken: slot.ordered.restartToken }
      const started = work.starter.start({ replica: slot.id, ordinal: slot.ordinal, ...token, cause })
      pending.push(...awaitReady(draft, wanted, { replica: slot.id, needs: [started], cause: 'new replica' }))
    } else if (replica.frozen && draft.context.standbys?.get(replica.id) === 'called') {
      const thawed = draft.add({
        action: { do: 'thawReplica', replica: replica.id },
        cause: 'standby called',
        group: wanted.revision.component,
      })
      pending.push(...awaitReady(draft, wanted, { replica: replica.id, needs: [thawed], cause: 'thawed' }))
    } else if (replica.restartToken < wanted.restartToken) {
      if (slot.ready) restartLater.push(replica)
      else pending.push(...planReplicaRestart(draft, wanted, { replica, needs: [] }))
    } else {
      const restarts = planContainerRestarts(draft, wanted, replica)
      const cause = restarts.length > 0 ? 'restarted' : 'not ready'
      // A ready replica whose side container restarts stays as ready as its probes say.
      if (!slot.ready) pending.push(...awaitReady(draft, wanted, { replica: replica.id, needs: restarts, cause }))
    }
  }
  const room = Math.max(1, work.atOnce) - pending.length
  const unready = [...pending]
  restartLater.forEach((replica, index) => {
    // One after the other: restarting the next before the last one is ready again would leave fewer than promised.
    const needs = [unready[index - room]]
    const ready = planReplicaRestart(draft, wanted, { replica, needs })
    unready.push(...ready)
  })
  return pending
}

/** Waits for a replica; nothing happens meanwhile. */
export function awaitReady(
  draft: PlanDraft,
  wanted: DesiredRevision,
  wait: { readonly replica: ReplicaId; readonly needs: readonly (StepKey | undefined)[]; readonly cause: string },
): readonly StepKey[] {
  const action = { do: 'awaitReady', replica: wait.replica } as const
  const key = draft.add({ action, needs: wait.needs, cause: wait.cause, group: wanted.revision.component })
  return key === undefined ? [] : [key]
}

function planReplicaRestart(
  draft: PlanDraft,
  wanted: DesiredRevision,
  restart: { readonly replica: ObservedReplica; readonly needs: readonly (StepKey | undefined)[] },
): readonly StepKey[] {
  const { replica, needs } = restart
  const { component, spec } = wanted.revision
  const token = wanted.restartToken
  const restarted = draft.add({
    action: { do: 'restartApp', replica: replica.id, container: ALL_CONTAINERS, token, graceMs: spec.pod.graceMs },
    fingerprint: `token ${token}`,
    needs,
    cause: 'restart asked for',
    group: component,
  })
  return awaitReady(draft, wanted, { replica: replica.id, needs: [restarted], cause: 'restarted' })
}
