import type { JobPodView, JobView } from './job-view.ts'

export interface CountRunningJobsInput {
  readonly jobs: readonly JobView[]
}

export interface CountRunningJobsResult {
  readonly runningJobCount: number
}

/** Running means not finished, whether pods have started or not. Source: keda: pkg/scaling/executor/scale_jobs.go. */
export function countRunningJobs({ jobs }: CountRunningJobsInput): CountRunningJobsResult {
  return { runningJobCount: jobs.filter(isUnfinished).length }
}

export interface CountPendingJobsInput {
  readonly jobs: readonly JobView[]
  /** `scalingStrategy.pendingPodConditions`; none or an empty list means that the phases of the pods decide. */
  readonly pendingPodConditions?: readonly string[]
}

export interface CountPendingJobsResult {
  readonly pendingJobCount: number
}

/**
 * Pending means not finished and without a pod that runs or has succeeded; with `pendingPodConditions`, without a pod of which all
 * of these conditions are True. A condition named twice can never be met, so that such a job stays pending, as it does in KEDA.
 *
 * Source: keda: pkg/scaling/executor/scale_jobs.go, getPendingJobCount.
 */
export function countPendingJobs({ jobs, pendingPodConditions = [] }: CountPendingJobsInput): CountPendingJobsResult {
  const started =
    pendingPodConditions.length === 0
      ? ({ phase }: JobPodView) => phase === 'Running' || phase === 'Succeeded'
      : (pod: JobPodView) => meets(pod, pendingPodConditions)
  return { pendingJobCount: jobs.filter((job) => isUnfinished(job) && !(job.pods ?? []).some(started)).length }
}

function meets({ trueConditions = [] }: JobPodView, wanted: readonly string[]): boolean {
  return new Set(trueConditions.filter((type) => wanted.includes(type))).size === wanted.length
}

function isUnfinished(job: JobView): boolean {
  return job.finished === undefined
}
