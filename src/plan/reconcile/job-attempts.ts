import { after } from '../../kernel/instant.ts'
import type { DesiredRevision } from '../../model/desired.ts'
import { replicaId } from '../../model/names.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import type { StepKey } from '../../model/step.ts'
import { jobBackOff } from './back-off.ts'
import { type ComponentWorld, isHalfStarted } from './component-world.ts'
import { planContainerRestarts } from './crashes.ts'
import { type JobRun, type JobState, recentFailures } from './job-state.ts'
import { nextOrdinal } from './ordinals.ts'
import type { PlanDraft } from './plan-draft.ts'
import { Starter, type Surroundings } from './starts.ts'

export interface Attempts {
  readonly wanted: DesiredRevision
  readonly run: JobRun
  readonly state: JobState
  readonly predecessors: readonly (StepKey | undefined)[]
  /** Where its ordinals begin. */
  readonly firstOrdinal?: number
}

/** Keeps as many replicas of a job at work as it may have, each failure after its back-off. */
export function planAttempts(
  draft: PlanDraft,
  attempts: Attempts,
  place: { readonly world: ComponentWorld; readonly around: Surroundings },
): void {
  const { wanted, run, state, predecessors } = attempts
  const { world, around } = place
  const { id, component } = wanted.revision
  const starter = new Starter(draft, wanted, around)
  for (const start of world.starting) {
    if (start.revision !== id) {
      draft.hold({ subject: component, reason: 'capacity', on: [`${start.replica} to finish its start`] })
      return
    }
    starter.start({ ...start, needs: predecessors, cause: 'being started' })
  }
  const inPlace = run.restart === 'on-failure'
  for (const replica of [...state.active, ...(inPlace ? state.failed : [])]) {
    if (isHalfStarted(replica))
      starter.start({ replica: replica.id, ordinal: replica.ordinal, restartToken: replica.restartToken, cause: 'start interrupted' })
    else if (inPlace) planContainerRestarts(draft, wanted, withoutGoodExits(replica))
  }
  const alive = state.active.length + world.starting.length + (inPlace ? state.failed.length : 0)
  const missing = Math.min(run.parallelism, run.completions - state.succeeded.length) - alive
  if (missing <= 0) return
  const recent = inPlace ? { count: 0, lastAt: undefined } : recentFailures(state)
  const until = recent.lastAt === undefined ? draft.context.now : after(recent.lastAt, jobBackOff(recent.count))
  if (until > draft.context.now) {
    const on = [`${recent.count} failed, at most ${run.backoffLimit + 1} attempts`]
    draft.hold({ subject: component, reason: 'crash-backoff', on, until })
    return
  }
  const first = nextOrdinal(world, attempts.firstOrdinal)
  const cause = state.failed.length > 0 ? `attempt ${state.failed.length + 1}` : 'run to completion'
  for (let ordinal = first; ordinal < first + missing; ordinal++) {
    starter.start({ replica: replicaId(id, ordinal), ordinal, needs: predecessors, cause })
  }
}

/** A container that ended with 0 has done its part. */
function withoutGoodExits(replica: ObservedReplica): ObservedReplica {
  return { ...replica, containers: replica.containers.filter((container) => container.state !== 'exited' || container.exitCode !== 0) }
}
