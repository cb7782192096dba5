import type { GroupPodsResult, PodSamples, SampleTimes } from './group-pods.ts'
import { toReplicas } from './numbers.ts'
import { type FailedProposal, NO_KNOWN_PODS, NO_SAMPLES, NOT_A_NUMBER, type PodsProposal, type ProposalRule } from './proposal.ts'
import { type HpaTolerance, isWithin } from './tolerance.ts'

/** Sums over pods. `entries` is how many pods have a value at all, `known` how many of them the measure knows. */
export interface PodTotals {
  usage: number
  request: number
  known: number
  entries: number
}

/** How usage turns into a ratio. */
export interface PodMeasure<S extends SampleTimes> {
  /** The value of a sample in whole milli-units. */
  usageOf(sample: S): number
  /** The weight of a pod, or undefined for a pod that the measure does not know: it counts, but its usage does not. */
  requestOf(pod: string): number | undefined
  /** Usage over target, or undefined where the sums allow none. */
  ratioOf(totals: PodTotals): number | undefined
  /** Usage that a pod without a sample is taken to have on the way down. */
  fillOf(pod: string): number
}

export interface WeighPodsInput<S extends SampleTimes> {
  readonly currentReplicas: number
  readonly samples: PodSamples<S>
  readonly groups: GroupPodsResult
  readonly tolerance: HpaTolerance
  readonly measure: PodMeasure<S>
}

/**
 * The decision that all metrics measured on pods share. Pods without a sample are filled in against the movement: as heavy on
 * the way down, as idle on the way up; unready pods as idle on the way up only. What the filled-in ratio makes must neither
 * lie within the tolerance nor change the direction.
 *
 * kubernetes: pkg/controller/podautoscaler/replica_calculator.go (GetResourceReplicas, calcPlainMetricReplicas)
 */
export function weighPods<S extends SampleTimes>(input: WeighPodsInput<S>): PodsProposal | FailedProposal {
  const { currentReplicas, groups, measure, tolerance } = input
  const totals = sumSamples(input)
  if (totals.entries === 0) return NO_SAMPLES
  const ratio = measure.ratioOf(totals)
  if (ratio === undefined) return NO_KNOWN_PODS
  if (Number.isNaN(ratio)) return NOT_A_NUMBER
  const averageMilli = Math.trunc(totals.usage / totals.known) + 0
  const missing = groups.missing.length
  const unready = ratio > 1 ? groups.unready.length : 0
  if (missing === 0 && unready === 0) {
    const countedPods = groups.ready.length
    if (isWithin(ratio, tolerance)) return { replicas: currentReplicas, ratio, rule: 'within-tolerance', countedPods, averageMilli }
    return { replicas: toReplicas(ratio * countedPods), ratio, rule: 'ratio', countedPods, averageMilli }
  }

  if (ratio < 1) for (const pod of groups.missing) add(totals, pod, measure.fillOf(pod), measure)
  else if (ratio > 1) for (const pod of groups.missing) add(totals, pod, 0, measure)
  if (unready > 0) for (const pod of groups.unready) add(totals, pod, 0, measure)
  const filledRatio = measure.ratioOf(totals)
  if (filledRatio === undefined) return NO_KNOWN_PODS
  const countedPods = totals.entries
  const replicas = toReplicas(filledRatio * countedPods)
  const rule = filledRule({ ratio, filledRatio, replicas, currentReplicas, tolerance })
  return {
    replicas: rule === 'filled' ? replicas : currentReplicas,
    ratio,
    rule,
    countedPods,
    averageMilli,
    filledIn: { missing, unready, ratio: filledRatio },
  }
}

function filledRule(input: {
  readonly ratio: number
  readonly filledRatio: number
  readonly replicas: number
  readonly currentReplicas: number
  readonly tolerance: HpaTolerance
}): ProposalRule {
  const { ratio, filledRatio, replicas, currentReplicas } = input
  if (isWithin(filledRatio, input.tolerance)) return 'filled-within-tolerance'
  if ((ratio < 1 && filledRatio > 1) || (ratio > 1 && filledRatio < 1)) return 'direction-kept'
  if ((filledRatio < 1 && replicas > currentReplicas) || (filledRatio > 1 && replicas < currentReplicas)) return 'direction-kept'
  return 'filled'
}

/** Samples of pods that nobody knows count as upstream counts them: only those of unready and ignored pods are left out. */
function sumSamples<S extends SampleTimes>(input: WeighPodsInput<S>): PodTotals {
  const { samples, groups, measure } = input
  const totals: PodTotals = { usage: 0, request: 0, known: 0, entries: 0 }
  const left = groups.unready.length + groups.ignored.length > 0 ? new Set([...groups.unready, ...groups.ignored]) : undefined
  for (const pod of Object.keys(samples)) {
    if (left?.has(pod) === true) continue
    const sample = samples[pod]
    if (sample !== undefined) add(totals, pod, measure.usageOf(sample), measure)
  }
  return totals
}

function add<S extends SampleTimes>(totals: PodTotals, pod: string, usage: number, measure: PodMeasure<S>): void {
  totals.entries++
  const request = measure.requestOf(pod)
  if (request === undefined) return
  totals.known++
  totals.usage += usage
  totals.request += request
}
