/** `minReplicaCount` and `maxReplicaCount` of a ScaledJob as written. */
export interface ScaledJobBoundsInput {
  readonly minReplicaCount?: number
  readonly maxReplicaCount?: number
}

/** What the strategies work with: jobs that always run, and how many may run on top of them. */
export interface ScaledJobBoundsResult {
  readonly minReplicaCount: number
  readonly maxReplicaCount: number
}

const defaultMaxReplicaCount = 100

/**
 * Effective bounds of a ScaledJob. The written maximum counts all jobs, the effective one only those above the minimum, so that
 * equal bounds leave nothing to the strategy. A minimum above the maximum becomes the maximum, and then nothing is taken off;
 * without a written maximum it is 100, again with nothing taken off.
 *
 * Source: keda: apis/keda/v1alpha1/scaledjob_types.go, MinReplicaCount and MaxReplicaCount.
 */
export function scaledJobBounds({ minReplicaCount, maxReplicaCount }: ScaledJobBoundsInput): ScaledJobBoundsResult {
  if (maxReplicaCount === undefined) return { minReplicaCount: minReplicaCount ?? 0, maxReplicaCount: defaultMaxReplicaCount }
  if (minReplicaCount !== undefined && minReplicaCount > maxReplicaCount) return { minReplicaCount: maxReplicaCount, maxReplicaCount }
  const min = minReplicaCount ?? 0
  return { minReplicaCount: min, maxReplicaCount: maxReplicaCount - min }
}
