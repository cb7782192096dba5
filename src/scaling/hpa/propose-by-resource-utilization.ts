import { groupPods, type HpaPod, type PodSamples, type SampleTimes, type YoungPodPeriods } from './group-pods.ts'
import { wholePercent } from './numbers.ts'
import { type FailedProposal, NO_PODS, NO_SAMPLES, type PodsProposal } from './proposal.ts'
import { DEFAULT_TOLERANCE, type HpaTolerance } from './tolerance.ts'
import { type PodMeasure, weighPods } from './weigh-pods.ts'

/** Use of a resource by one pod (or one container of it) in milli-units: millicores, or thousandths of a byte. */
export interface ResourceSample extends SampleTimes {
  readonly usageMilli: number
}

export interface ResourceUtilizationInput extends YoungPodPeriods {
  readonly currentReplicas: number
  /** Percent of the requests. */
  readonly targetUtilization: number
  /** `cpu`, `memory` or another name; only `cpu` knows young pods. */
  readonly resource: string
  readonly pods: readonly HpaPod[]
  readonly samples: PodSamples<ResourceSample>
  /** What each pod (or that container of it) asks for, by name of pod, in the same milli-units. */
  readonly requestsMilli: Readonly<Record<string, number>>
  readonly tolerance?: HpaTolerance | undefined
  readonly nowMs: number
}

export interface ResourceUtilizationProposal extends PodsProposal {
  /** Whole percent of the requests, of the pods that counted, the fraction cut off. */
  readonly utilization: number
}

/**
 * The size for a `Resource` or `ContainerResource` metric with `averageUtilization`. The utilisation is cut to whole percent
 * before the ratio is taken. For a container, samples and requests are those of that container. A pod without a request fails
 * the metric, even one that would not count.
 *
 * kubernetes: pkg/controller/podautoscaler/replica_calculator.go (GetResourceReplicas), metrics/utilization.go
 */
export function proposeByResourceUtilization(input: ResourceUtilizationInput): ResourceUtilizationProposal | FailedProposal {
  const { pods, requestsMilli, targetUtilization } = input
  if (pods.length === 0) return NO_PODS
  const requests = new Map<string, number>()
  let withoutRequest: string | undefined
  for (const { name } of pods) {
    const request = Object.hasOwn(requestsMilli, name) ? requestsMilli[name] : undefined
    if (request === undefined) withoutRequest ??= name
    else requests.set(name, request)
  }
  let utilization: number | undefined
  const measure: PodMeasure<ResourceSample> = {
    usageOf: (sample) => sample.usageMilli,
    requestOf: (pod) => requests.get(pod),
    ratioOf: (totals) => {
      if (withoutRequest !== undefined || totals.request === 0) return undefined
      const percent = wholePercent(totals.usage, totals.request)
      utilization ??= percent
      return percent / targetUtilization
    },
    fillOf: (pod) => Math.trunc(((requests.get(pod) ?? 0) * Math.max(100, targetUtilization)) / 100),
  }
  const { currentReplicas, samples, tolerance = DEFAULT_TOLERANCE } = input
  const proposal = weighPods({ currentReplicas, samples, groups: groupPods(input), tolerance, measure })
  if (proposal.error === undefined) {
    const { replicas, ratio, rule, countedPods, averageMilli, filledIn } = proposal
    return { replicas, ratio, rule, countedPods, averageMilli, filledIn, utilization: utilization ?? 0 }
  }
  // Upstream looks for samples before it looks at requests, so their absence is the error it names first.
  if (proposal === NO_SAMPLES || withoutRequest === undefined) return proposal
  return { error: `pod ${withoutRequest} has no request for ${input.resource}` }
}
