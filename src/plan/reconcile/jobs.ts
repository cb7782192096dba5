import { after } from '../../kernel/instant.ts'
import type { Run } from '../../model/component.ts'
import type { DesiredRevision } from '../../model/desired.ts'
import { replicaId } from '../../model/names.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import type { StepKey } from '../../model/step.ts'
import { jobBackOff } from './back-off.ts'
import { type ComponentWorld, isHalfStarted, isLeaving, isLost } from './component-world.ts'
import { planContainerRestarts } from './crashes.ts'
import { type JobState, judgeJob, recentFailures } from './job-state.ts'
import { nextOrdinal } from './ordinals.ts'
import type { PlanDraft } from './plan-draft.ts'
import { planLeaving, planRemoval } from './removals.ts'
import { Starter, type Surroundings } from './starts.ts'

type JobRun = Extract<Run, { type: 'to-completion' }>

/** A component that runs to completion. Finished replicas stay as its record; a changed revision replaces them all. */
export function planJob(
  draft: PlanDraft,
  job: { readonly wanted: DesiredRevision; readonly run: JobRun },
  place: { readonly world: ComponentWorld; readonly around: Surroundings },
): void {
  const { wanted, run } = job
  const { world } = place
  const { id, spec } = wanted.revision
  const staying: ObservedReplica[] = []
  const predecessors: (StepKey | undefined)[] = []
  for (const replica of world.observed) {
    if (isLeaving(replica.id, draft.context)) predecessors.push(planLeaving(draft, replica))
    else if (replica.revision === id && !(run.restart === 'on-failure' && isLost(replica))) staying.push(replica)
    else {
      const key = planRemoval(draft, {
        replica,
        wanted: spec,
        needs: [],
        cause: replica.revision === id ? 'nothing left of it' : `superseded by ${id}`,
      })
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
  planAttempts(draft, { wanted, run, state, predecessors }, place)
}

interface Attempts {
  readonly wanted: DesiredRevision
  readonly run: JobRun
  readonly state: JobState
  readonly predecessors: readonly (StepKey | undefined)[]
}

function planAttempts(
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
  const first = nextOrdinal(world)
  const cause = state.failed.length > 0 ? `attempt ${state.failed.length + 1}` : 'run to completion'
  for (let ordinal = first; ordinal < first + missing; ordinal++) {
    starter.start({ replica: replicaId(id, ordinal), ordinal, needs: predecessors, cause })
  }
}

/** Source: Kubernetes, Job controller (failed pods beyond backoffLimit; with restartPolicy OnFailure the sum of restarts). */
function judgeFailure(state: JobState, run: JobRun): { readonly failed: boolean; readonly why: string } {
  if (run.restart === 'never') {
    const why = `back-off limit of ${run.backoffLimit} exceeded: ${state.failed.length} replicas failed`
    return { failed: state.failed.length > run.backoffLimit, why }
  }
  let restarts = 0
  for (const replica of [...state.active, ...state.failed]) {
    for (const container of replica.containers) if (container.role !== 'init') restarts += container.restarts
  }
  const why = `back-off limit of ${run.backoffLimit} exceeded: ${restarts} restarts`
  return { failed: state.failed.length > 0 && (run.backoffLimit === 0 ? restarts > 0 : restarts >= run.backoffLimit), why }
}

/** A container that ended with 0 has done its part. */
function withoutGoodExits(replica: ObservedReplica): ObservedReplica {
  return { ...replica, containers: replica.containers.filter((container) => container.state !== 'exited' || container.exitCode !== 0) }
}
