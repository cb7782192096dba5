import type { DesiredRevision } from '../../model/desired.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import type { StepKey } from '../../model/step.ts'
import { type ComponentWorld, isLeaving, isLost } from './component-world.ts'
import { planAttempts } from './job-attempts.ts'
import { type JobRun, judgeFailure, judgeJob } from './job-state.ts'
import type { PlanDraft } from './plan-draft.ts'
import { planLeaving, planRemoval } from './removals.ts'
import type { Surroundings } from './starts.ts'

/** A component that runs to completion. Finished replicas stay as its record; a changed revision replaces them all. */
export function planJob(
  draft: PlanDraft,
  job: { readonly wanted: DesiredRevision; readonly run: JobRun; readonly firstOrdinal?: number },
  place: { readonly world: ComponentWorld; readonly around: Surroundings },
): void {
  const { wanted, run } = job
  const { world } = place
  const { spec } = wanted.revision
  const staying: ObservedReplica[] = []
  const predecessors: (StepKey | undefined)[] = []
  for (const replica of world.observed) {
    if (isLeaving(replica.id, draft.context)) predecessors.push(planLeaving(draft, replica))
    else {
      const cause = whyReplaced(replica, wanted, run)
      if (cause === undefined) {
        staying.push(replica)
        continue
      }
      const key = planRemoval(draft, { replica, wanted: spec, needs: [], cause })
      // Two versions of one job must not run at the same time: both may write to the same database.
      if (replica.phase !== 'exited') predecessors.push(key)
    }
  }
  const state = judgeJob(spec, staying)
  const { failed, why } = judgeFailure(state, run)
  if (failed || wanted.replicas === 0) {
    for (const replica of state.active) planRemoval(draft, { replica, wanted: spec, needs: [], cause: failed ? 'job failed' : 'stopped' })
    if (failed) draft.hold({ subject: wanted.revision.component, reason: 'failed', on: [why] })
    return
  }
  const { firstOrdinal } = job
  planAttempts(draft, { wanted, run, state, predecessors, ...(firstOrdinal === undefined ? {} : { firstOrdinal }) }, place)
}

/** Why a replica does not count for the job as it is wanted now. */
function whyReplaced(replica: ObservedReplica, { revision, restartToken }: DesiredRevision, run: JobRun): string | undefined {
  if (replica.revision !== revision.id) return `superseded by ${revision.id}`
  if (replica.restartToken < restartToken) return 'restart asked for'
  return run.restart === 'on-failure' && isLost(replica) ? 'nothing left of it' : undefined
}
