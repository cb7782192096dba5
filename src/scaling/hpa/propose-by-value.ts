import { countReadyPods, type HpaPod } from './group-pods.ts'
import { MAX_MILLI, toMilli, toReplicas } from './numbers.ts'
import { type FailedProposal, NO_PODS, NOT_A_NUMBER, type SizeProposal } from './proposal.ts'
import { DEFAULT_TOLERANCE, type HpaTolerance, isWithin } from './tolerance.ts'

/** An object metric is one number; an external one is the sum of its series. Both in the metric's own unit. */
export type TotalReading = { readonly value: number } | { readonly values: readonly number[] }

export type ValueInput = TotalReading & {
  /** The wanted size (`spec.replicas`). */
  readonly currentReplicas: number
  /** In the metric's own unit. */
  readonly targetValue: number
  readonly pods: readonly HpaPod[]
  readonly tolerance?: HpaTolerance | undefined
}

export interface ValueProposal extends SizeProposal {
  /** The metric, summed, in its own unit. */
  readonly value: number
  /** Running and Ready, when they mattered. */
  readonly readyPods?: number | undefined
}

/**
 * The size for an `Object` or `External` metric with `value`: the ratio times the pods that are ready, rounded up; at 0 replicas
 * the ratio alone, without tolerance. Negative values make 0.
 *
 * kubernetes: pkg/controller/podautoscaler/replica_calculator.go (GetObjectMetricReplicas, GetExternalMetricReplicas,
 * getUsageRatioReplicaCount)
 */
export function proposeByValue(input: ValueInput): ValueProposal | FailedProposal {
  const { currentReplicas, pods, tolerance = DEFAULT_TOLERANCE } = input
  const milli = sumMilli(input)
  if (Number.isNaN(milli)) return NOT_A_NUMBER
  const ratio = milli / toMilli(input.targetValue)
  const value = milli / 1000
  if (currentReplicas === 0) return { replicas: toReplicas(ratio), ratio, rule: 'ratio', value }
  if (isWithin(ratio, tolerance)) return { replicas: currentReplicas, ratio, rule: 'within-tolerance', value }
  if (pods.length === 0) return NO_PODS
  const { readyPods } = countReadyPods(input)
  return { replicas: toReplicas(ratio * readyPods), ratio, rule: 'ratio', value, readyPods }
}

function sumMilli(reading: TotalReading): number {
  if ('value' in reading) return toMilli(reading.value)
  let sum = 0
  for (const value of reading.values) sum = Math.min(sum + toMilli(value), MAX_MILLI)
  return sum
}
