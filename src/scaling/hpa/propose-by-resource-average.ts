import { groupPods, type HpaPod, type PodSamples, type YoungPodPeriods } from './group-pods.ts'
import { type FailedProposal, NO_PODS, type PodsProposal } from './proposal.ts'
import type { ResourceSample } from './propose-by-resource-utilization.ts'
import { DEFAULT_TOLERANCE, type HpaTolerance } from './tolerance.ts'
import { weighPods } from './weigh-pods.ts'

export interface ResourceAverageInput extends YoungPodPeriods {
  readonly currentReplicas: number
  /** Mean use per pod that is wanted, in milli-units. */
  readonly targetMilli: number
  /** `cpu`, `memory` or another name; only `cpu` knows young pods. */
  readonly resource: string
  readonly pods: readonly HpaPod[]
  readonly samples: PodSamples<ResourceSample>
  readonly tolerance?: HpaTolerance | undefined
  readonly nowMs: number
}

/**
 * The size for a `Resource` or `ContainerResource` metric with `averageValue`: the mean in whole milli-units over the target.
 *
 * kubernetes: pkg/controller/podautoscaler/replica_calculator.go (GetRawResourceReplicas, calcPlainMetricReplicas)
 */
export function proposeByResourceAverage(input: ResourceAverageInput): PodsProposal | FailedProposal {
  const { currentReplicas, targetMilli, samples, tolerance = DEFAULT_TOLERANCE } = input
  if (input.pods.length === 0) return NO_PODS
  return weighPods({
    currentReplicas,
    samples,
    groups: groupPods(input),
    tolerance,
    measure: {
      usageOf: (sample) => sample.usageMilli,
      requestOf: () => 0,
      ratioOf: (totals) => Math.trunc(totals.usage / totals.entries) / targetMilli,
      fillOf: () => targetMilli,
    },
  })
}
