/** What every strategy is asked with. All counts are jobs, `maxReplicaCount` the effective maximum of `scaledJobBounds`. */
export interface JobStrategyInput {
  /** Jobs wanted for the queue, whole, at most `maxReplicaCount`. */
  readonly maxScale: number
  /** Unfinished jobs above the minimum. */
  readonly runningJobCount: number
  readonly pendingJobCount: number
  readonly maxReplicaCount: number
  /** The length of the queue, rounded up. */
  readonly scaleTo: number
}

/** At most `effectiveMaxScale` jobs may be created now (none when it is not above 0), and at most `scaleTo`. */
export interface JobStrategyResult {
  readonly effectiveMaxScale: number
  readonly scaleTo: number
}

export interface CustomJobStrategyInput extends JobStrategyInput {
  readonly customScalingQueueLengthDeduction?: number
  /** A number as text (`"0.5"`), as the manifest has it. Text that is no number, or none, means the default strategy. */
  readonly customScalingRunningJobPercentage?: string
}

export interface ScaledJobStrategyInput extends CustomJobStrategyInput {
  /** `default`, `custom`, `accurate` or `eager`; any other word means `default`. */
  readonly strategy?: string
}

/** Jobs for the queue less those that run. Source: keda: pkg/scaling/executor/scale_jobs.go, defaultScalingStrategy. */
export function defaultJobStrategy({ maxScale, runningJobCount, scaleTo }: JobStrategyInput): JobStrategyResult {
  return { effectiveMaxScale: maxScale - runningJobCount, scaleTo }
}

/**
 * Jobs for the queue less a constant and less a share of those that run, at most the maximum. The share is cut to a whole number.
 *
 * Source: keda: pkg/scaling/executor/scale_jobs.go, customScalingStrategy.
 */
export function customJobStrategy(input: CustomJobStrategyInput): JobStrategyResult {
  const share = parseShare(input.customScalingRunningJobPercentage)
  if (share === undefined) return defaultJobStrategy(input)
  const deduction = input.customScalingQueueLengthDeduction ?? 0
  const wanted = input.maxScale - deduction - Math.trunc(input.runningJobCount * share)
  return { effectiveMaxScale: Math.min(wanted, input.maxReplicaCount), scaleTo: input.scaleTo }
}

/**
 * For queues that do not count messages being worked on: jobs for the queue less those that have not started, as long as all fit
 * under the maximum. The manual leaves the pending jobs out of the comparison; the operator does not.
 *
 * Source: keda: pkg/scaling/executor/scale_jobs.go, accurateScalingStrategy.
 */
export function accurateJobStrategy(input: JobStrategyInput): JobStrategyResult {
  const { maxScale, runningJobCount, pendingJobCount, maxReplicaCount, scaleTo } = input
  const fits = maxScale + runningJobCount - pendingJobCount <= maxReplicaCount
  return { effectiveMaxScale: fits ? maxScale - pendingJobCount : maxReplicaCount - runningJobCount, scaleTo }
}

/**
 * Fills the free places, whatever the queue's length, as long as the queue wants jobs.
 *
 * Source: keda: pkg/scaling/executor/scale_jobs.go, eagerScalingStrategy.
 */
export function eagerJobStrategy({ maxScale, runningJobCount, pendingJobCount, maxReplicaCount }: JobStrategyInput): JobStrategyResult {
  return { effectiveMaxScale: Math.min(maxReplicaCount - runningJobCount - pendingJobCount, maxScale), scaleTo: maxReplicaCount }
}

/** The strategy by its name in the manifest. Source: keda: pkg/scaling/executor/scale_jobs.go, NewScalingStrategy. */
export function scaledJobStrategy(input: ScaledJobStrategyInput): JobStrategyResult {
  switch (input.strategy) {
    case 'custom':
      return customJobStrategy(input)
    case 'accurate':
      return accurateJobStrategy(input)
    case 'eager':
      return eagerJobStrategy(input)
    default:
      return defaultJobStrategy(input)
  }
}

/** Decimal notation as Go's strconv.ParseFloat reads it; anything else is no share. */
function parseShare(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}
