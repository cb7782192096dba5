import type { Instant } from '../../kernel/instant.ts'
import type { Component, Run } from '../../model/component.ts'
import type { ObservedReplica } from '../../model/observed.ts'

export type JobRun = Extract<Run, { type: 'to-completion' }>

/** Replicas of a job's revision by how they ended. */
export interface JobState {
  readonly active: readonly ObservedReplica[]
  readonly succeeded: readonly ObservedReplica[]
  readonly failed: readonly ObservedReplica[]
}

export function judgeJob(component: Component, replicas: readonly ObservedReplica[]): JobState {
  const names = component.pod.containers.map(({ name }) => name)
  const active: ObservedReplica[] = []
  const succeeded: ObservedReplica[] = []
  const failed: ObservedReplica[] = []
  for (const replica of replicas) {
    if (replica.phase !== 'exited') active.push(replica)
    else if (endedWell(replica, names)) succeeded.push(replica)
    else failed.push(replica)
  }
  return { active, succeeded, failed }
}

/** Failures since the last success, and when the last of them ended: what the job's back-off counts from. */
export function recentFailures(job: JobState): { readonly count: number; readonly lastAt: Instant | undefined } {
  const lastSuccess = Math.max(Number.NEGATIVE_INFINITY, ...job.succeeded.map((replica) => replica.since))
  let count = 0
  let lastAt: Instant | undefined
  for (const replica of job.failed) {
    if (replica.since <= lastSuccess) continue
    count++
    if (lastAt === undefined || replica.since > lastAt) lastAt = replica.since
  }
  return { count, lastAt }
}

/** Every container of the pod ended with 0; what a sidecar definition put beside them is ended with the work and says nothing. */
function endedWell(replica: ObservedReplica, names: readonly string[]): boolean {
  const codes = new Map(replica.containers.map(({ name, exitCode }) => [name, exitCode]))
  return names.every((name) => codes.get(name) === 0)
}

/** Whether the job has failed for good. Source: Kubernetes, Job controller (failed pods beyond backoffLimit; with restartPolicy OnFailure the sum of restarts). */
export function judgeFailure(state: JobState, run: JobRun): { readonly failed: boolean; readonly why: string } {
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
