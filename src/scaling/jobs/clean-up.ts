import type { JobView } from './job-view.ts'

export interface JobsToCleanUpInput {
  readonly jobs: readonly JobView[]
  /** Default 100 each. */
  readonly successfulJobsHistoryLimit?: number
  readonly failedJobsHistoryLimit?: number
}

export interface JobsToCleanUpResult {
  /** Names of finished jobs to remove, completed ones first, the oldest end first. */
  readonly remove: readonly string[]
}

const defaultHistoryLimit = 100

/**
 * Finished jobs beyond the history limits, which count completed and failed jobs apart. A job whose end is not dated counts as
 * older than any that is; equal ones keep their order.
 *
 * Source: keda: pkg/scaling/executor/scale_jobs.go, cleanUp.
 */
export function jobsToCleanUp(input: JobsToCleanUpInput): JobsToCleanUpResult {
  const { jobs, successfulJobsHistoryLimit = defaultHistoryLimit, failedJobsHistoryLimit = defaultHistoryLimit } = input
  return { remove: [...beyond(jobs, 'Complete', successfulJobsHistoryLimit), ...beyond(jobs, 'Failed', failedJobsHistoryLimit)] }
}

function beyond(jobs: readonly JobView[], finished: JobView['finished'], limit: number): string[] {
  const ended = jobs.filter((job) => job.finished === finished)
  const surplus = ended.length - limit
  if (surplus <= 0) return []
  return ended
    .sort(byEnd)
    .slice(0, surplus)
    .map((job) => job.name)
}

function byEnd(left: JobView, right: JobView): number {
  const [first, second] = [left.finishedAtMs, right.finishedAtMs]
  if (first === second) return 0
  if (first === undefined) return -1
  return second === undefined ? 1 : first - second
}
