import { groupPods, type HpaPod, type PodSamples, type SampleTimes } from './group-pods.ts'
import { toMilli } from './numbers.ts'
import { type FailedProposal, NO_PODS, type PodsProposal } from './proposal.ts'
import { DEFAULT_TOLERANCE, type HpaTolerance } from './tolerance.ts'
import { weighPods } from './weigh-pods.ts'

/** A custom metric of one pod, in the metric's own unit. */
export interface PodValueSample extends SampleTimes {
  readonly value: number
}

export interface PodsMetricInput {
  readonly currentReplicas: number
  /** Mean per pod that is wanted, in the metric's own unit. */
  readonly targetAverageValue: number
  readonly pods: readonly HpaPod[]
  readonly samples: PodSamples<PodValueSample>
  readonly tolerance?: HpaTolerance | undefined
}

/**
 * The size for a `Pods` metric: the mean over the pods, in whole milli-units, over the target. Readiness is not looked at; a
 * pending pod is unready, a pod without a sample missing.
 *
 * kubernetes: pkg/controller/podautoscaler/replica_calculator.go (GetMetricReplicas, calcPlainMetricReplicas)
 */
export function proposeByPodsMetric(input: PodsMetricInput): PodsProposal | FailedProposal {
  const { currentReplicas, pods, samples, tolerance = DEFAULT_TOLERANCE } = input
  if (pods.length === 0) return NO_PODS
  const targetMilli = toMilli(input.targetAverageValue)
  return weighPods({
    currentReplicas,
    samples,
    groups: groupPods({ pods, samples, nowMs: 0 }),
    tolerance,
    measure: {
      usageOf: (sample) => toMilli(sample.value),
      requestOf: () => 0,
      ratioOf: (totals) => Math.trunc(totals.usage / totals.entries) / targetMilli,
      fillOf: () => targetMilli,
    },
  })
}
