import { MAX_MILLI, toMilli, toReplicas } from './numbers.ts'
import { type FailedProposal, NOT_A_NUMBER, type SizeProposal } from './proposal.ts'
import type { TotalReading } from './propose-by-value.ts'
import { DEFAULT_TOLERANCE, type HpaTolerance, isWithin } from './tolerance.ts'

export type AverageValueInput = TotalReading & {
  /** Default `External`. Only there a negative sum counts as an overflow. */
  readonly type?: 'External' | 'Object' | undefined
  /** Pods that exist (`status.replicas`). */
  readonly statusReplicas: number
  /** For each replica, in the metric's own unit. */
  readonly targetAverageValue: number
  readonly tolerance?: HpaTolerance | undefined
}

export interface AverageValueProposal extends SizeProposal {
  /** The metric, summed, in its own unit. */
  readonly value: number
}

/**
 * The size for an `Object` or `External` metric with `averageValue`: total over target, rounded up, whatever the pods are
 * like; the tolerance is measured on the mean over `statusReplicas`. The sum of an external metric that falls below 0 is
 * taken for an overflow, which makes the largest size there is; a negative object metric makes 0.
 *
 * kubernetes: pkg/controller/podautoscaler/replica_calculator.go (GetObjectPerPodMetricReplicas, GetExternalPerPodMetricReplicas)
 */
export function proposeByAverageValue(input: AverageValueInput): AverageValueProposal | FailedProposal {
  const { statusReplicas, tolerance = DEFAULT_TOLERANCE } = input
  const milli = totalMilli(input)
  if (Number.isNaN(milli)) return NOT_A_NUMBER
  const targetMilli = toMilli(input.targetAverageValue)
  const ratio = milli / (targetMilli * statusReplicas)
  const value = milli / 1000
  if (isWithin(ratio, tolerance)) return { replicas: statusReplicas, ratio, rule: 'within-tolerance', value }
  return { replicas: toReplicas(milli / targetMilli), ratio, rule: 'ratio', value }
}

function totalMilli(input: AverageValueInput): number {
  const overflows = input.type !== 'Object'
  if ('value' in input) {
    const milli = toMilli(input.value)
    return overflows && milli < 0 ? MAX_MILLI : milli
  }
  let sum = 0
  for (const value of input.values) {
    sum += toMilli(value)
    if (overflows && sum < 0) return MAX_MILLI
  }
  return sum
}
