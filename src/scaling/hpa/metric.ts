import type { MetricFailureReason } from './combine-proposals.ts'
import type { HpaPod, PodSamples, YoungPodPeriods } from './group-pods.ts'
import type { FailedProposal, PodsProposal } from './proposal.ts'
import { type AverageValueProposal, proposeByAverageValue } from './propose-by-average-value.ts'
import { type PodValueSample, proposeByPodsMetric } from './propose-by-pods-metric.ts'
import { proposeByResourceAverage } from './propose-by-resource-average.ts'
import { proposeByResourceUtilization, type ResourceSample, type ResourceUtilizationProposal } from './propose-by-resource-utilization.ts'
import { proposeByValue, type TotalReading, type ValueProposal } from './propose-by-value.ts'
import type { HpaTolerance } from './tolerance.ts'

/** A metric that could not be read in this pass, and why. */
export interface FailedReading {
  readonly error: string
}

/** `averageUtilization` in percent of the requests, or `averageValueMilli` in milli-units of the resource. */
export interface ResourceMetric {
  readonly type: 'Resource' | 'ContainerResource'
  /** `cpu`, `memory`, … */
  readonly name: string
  /** For `ContainerResource`: samples and requests are this container's. */
  readonly container?: string | undefined
  readonly target: { readonly averageUtilization: number } | { readonly averageValueMilli: number }
  readonly reading:
    | FailedReading
    | { readonly samples: PodSamples<ResourceSample>; readonly requestsMilli?: Readonly<Record<string, number>> | undefined }
}

export interface PodsMetric {
  readonly type: 'Pods'
  readonly name: string
  readonly target: { readonly averageValue: number }
  readonly reading: FailedReading | { readonly samples: PodSamples<PodValueSample> }
}

export interface TotalMetric {
  readonly type: 'Object' | 'External'
  readonly name: string
  readonly target: { readonly value: number } | { readonly averageValue: number }
  readonly reading: FailedReading | TotalReading
}

/** One entry of `spec.metrics` with what was read for it, in autoscaling/v2's terms. */
export type HpaMetric = ResourceMetric | PodsMetric | TotalMetric

export interface ProposeByMetricInput extends YoungPodPeriods {
  readonly metric: HpaMetric
  /** The wanted size. */
  readonly specReplicas: number
  /** Pods that exist. */
  readonly statusReplicas: number
  readonly pods: readonly HpaPod[]
  readonly tolerance: HpaTolerance
  readonly nowMs: number
}

/** A size with the figures that led to it. */
export type MetricSize = PodsProposal | ResourceUtilizationProposal | ValueProposal | AverageValueProposal

export type MetricProposal = MetricSize | (FailedProposal & { readonly reason: MetricFailureReason })

type Proposed = MetricSize | FailedProposal

const FAILURE_REASONS = {
  Resource: 'FailedGetResourceMetric',
  ContainerResource: 'FailedGetContainerResourceMetric',
  Pods: 'FailedGetPodsMetric',
  Object: 'FailedGetObjectMetric',
  External: 'FailedGetExternalMetric',
} as const satisfies Record<HpaMetric['type'], MetricFailureReason>

/**
 * What one metric asks for, by its type and target. `AverageValue` of object and external metrics counts from the pods that
 * exist, everything else from the wanted size.
 *
 * kubernetes: pkg/controller/podautoscaler/horizontal.go (computeReplicasForMetric)
 */
export function proposeByMetric(input: ProposeByMetricInput): MetricProposal {
  const { type } = input.metric
  const proposal = propose(input)
  if (proposal.error === undefined) return proposal
  return { error: proposal.error, reason: Object.hasOwn(FAILURE_REASONS, type) ? FAILURE_REASONS[type] : 'InvalidMetricSourceType' }
}

/** The name of a metric as users know it. */
export function metricLabel(metric: HpaMetric): string {
  switch (metric.type) {
    case 'Resource':
      return metric.name
    case 'ContainerResource':
      return `${metric.name} of container ${metric.container ?? ''}`
    case 'Pods':
      return `pods metric ${metric.name}`
    case 'Object':
      return `object metric ${metric.name}`
    case 'External':
      return `external metric ${metric.name}`
    default:
      return (metric satisfies never as HpaMetric).name
  }
}

function propose(input: ProposeByMetricInput): Proposed {
  const { metric } = input
  switch (metric.type) {
    case 'Resource':
    case 'ContainerResource':
      return proposeByResource(input, metric)
    case 'Pods': {
      const { target, reading } = metric
      if ('error' in reading) return reading
      const { specReplicas: currentReplicas, pods, tolerance } = input
      return proposeByPodsMetric({ currentReplicas, targetAverageValue: target.averageValue, samples: reading.samples, pods, tolerance })
    }
    case 'Object':
    case 'External': {
      const { type, target, reading } = metric
      if ('error' in reading) return reading
      const { specReplicas: currentReplicas, statusReplicas, pods, tolerance } = input
      if ('averageValue' in target) {
        const { averageValue: targetAverageValue } = target
        return 'value' in reading
          ? proposeByAverageValue({ value: reading.value, type, statusReplicas, targetAverageValue, tolerance })
          : proposeByAverageValue({ values: reading.values, type, statusReplicas, targetAverageValue, tolerance })
      }
      const { value: targetValue } = target
      return 'value' in reading
        ? proposeByValue({ value: reading.value, currentReplicas, targetValue, pods, tolerance })
        : proposeByValue({ values: reading.values, currentReplicas, targetValue, pods, tolerance })
    }
    default:
      // Metrics come in as plain records, so a type that we do not know can arrive.
      return { error: `metrics of type ${String((metric satisfies never as HpaMetric).type)} are not known` }
  }
}

function proposeByResource(input: ProposeByMetricInput, metric: ResourceMetric): Proposed {
  const { name: resource, target, reading } = metric
  if ('error' in reading) return reading
  const { specReplicas: currentReplicas, pods, tolerance, nowMs, cpuInitializationMs, initialReadinessDelayMs } = input
  const { samples } = reading
  if ('averageValueMilli' in target) {
    const { averageValueMilli: targetMilli } = target
    return proposeByResourceAverage({
      currentReplicas,
      targetMilli,
      resource,
      pods,
      samples,
      tolerance,
      nowMs,
      cpuInitializationMs,
      initialReadinessDelayMs,
    })
  }
  return proposeByResourceUtilization({
    currentReplicas,
    targetUtilization: target.averageUtilization,
    resource,
    pods,
    samples,
    requestsMilli: reading.requestsMilli ?? {},
    tolerance,
    nowMs,
    cpuInitializationMs,
    initialReadinessDelayMs,
  })
}
