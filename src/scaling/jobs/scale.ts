import { type JobStrategyResult, type ScaledJobStrategyInput, scaledJobStrategy } from './strategies.ts'

export interface ScaledJobScaleInput extends ScaledJobStrategyInput {
  /** All unfinished jobs. */
  readonly runningJobCount: number
  /** The effective minimum of `scaledJobBounds`. */
  readonly minReplicaCount: number
}

/**
 * How many jobs may be created now: the missing ones while fewer than the minimum run, whatever the queue, and otherwise what the
 * strategy says of those that run above the minimum.
 *
 * Source: keda: pkg/scaling/executor/scale_jobs.go, getScalingDecision.
 */
export function scaledJobScale(input: ScaledJobScaleInput): JobStrategyResult {
  const surplus = input.runningJobCount - input.minReplicaCount
  return surplus < 0 ? { effectiveMaxScale: -surplus, scaleTo: -surplus } : scaledJobStrategy({ ...input, runningJobCount: surplus })
}
