import type { JobView } from './job-view.ts'

export interface JobsToRollOutInput {
  readonly jobs: readonly JobView[]
  /** Generation of the ScaledJob after the change of its spec. */
  readonly generation: number
  /** `rollout.strategy`: `immediate` (also when absent) or `gradual`. */
  readonly strategy?: string
  /** `rollout.propagationPolicy`: `background` (also when absent) or `foreground`. */
  readonly propagationPolicy?: string
  /** The old field `rolloutStrategy`, which wins over `rollout.strategy` when it is not empty. */
  readonly rolloutStrategy?: string
}

export interface JobsToRollOutResult {
  /** Unfinished jobs of an earlier spec, to be ended and removed. */
  readonly end: readonly string[]
  /** Finished jobs of an earlier spec, which go as well. */
  readonly remove: readonly string[]
  readonly propagationPolicy: 'Background' | 'Foreground'
}

/**
 * What a change of the spec does to jobs that the earlier spec created: `gradual` leaves them alone, everything else takes them
 * away, finished or not. A job that does not say which generation it is from counts as an earlier one.
 *
 * Source: keda: controllers/keda/scaledjob_controller.go, deletePreviousVersionScaleJobs.
 */
export function jobsToRollOut(input: JobsToRollOutInput): JobsToRollOutResult {
  const propagationPolicy = input.propagationPolicy === 'foreground' ? 'Foreground' : 'Background'
  const strategy = input.rolloutStrategy || input.strategy
  const earlier = strategy === 'gradual' ? [] : input.jobs.filter((job) => job.generation !== input.generation)
  const names = (finished: boolean) => earlier.filter((job) => (job.finished !== undefined) === finished).map((job) => job.name)
  return { end: names(false), remove: names(true), propagationPolicy }
}
