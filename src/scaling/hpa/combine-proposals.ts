import type { FailedProposal } from './proposal.ts'

/** Why a metric gave no size, in upstream's words. */
export type MetricFailureReason =
  | 'FailedGetResourceMetric'
  | 'FailedGetContainerResourceMetric'
  | 'FailedGetPodsMetric'
  | 'FailedGetObjectMetric'
  | 'FailedGetExternalMetric'
  | 'InvalidMetricSourceType'

/** One metric's answer under the name that users see: a size or an error. */
export type NamedProposal =
  | { readonly metric: string; readonly replicas: number; readonly error?: undefined }
  | (FailedProposal & { readonly metric: string; readonly reason: MetricFailureReason })

export interface CombineProposalsInput {
  /** The wanted size (`spec.replicas`). */
  readonly currentReplicas: number
  readonly proposals: readonly NamedProposal[]
}

export interface CombineProposalsResult {
  /** The largest proposal; absent means that errors forbid any change. */
  readonly replicas?: number | undefined
  /** The metric that asked for it. */
  readonly metric?: string | undefined
  /** How many metrics failed. */
  readonly failed: number
  /** Reason of the condition ScalingActive: that of the first failure where nothing may change. */
  readonly reason: 'ValidMetricFound' | MetricFailureReason
  /** The first error, also where the others suffice. */
  readonly error?: string | undefined
}

/**
 * The largest proposal wins. A metric that failed might have asked for more, so with an error sizes may grow or stay but never
 * shrink; when every metric failed, nothing changes.
 *
 * kubernetes: pkg/controller/podautoscaler/horizontal.go (computeReplicasForMetrics)
 */
export function combineProposals(input: CombineProposalsInput): CombineProposalsResult {
  const { currentReplicas, proposals } = input
  let replicas = 0
  let metric: string | undefined
  let failed = 0
  let first: Extract<NamedProposal, FailedProposal> | undefined
  for (const proposal of proposals) {
    if (proposal.error !== undefined) {
      failed++
      first ??= proposal
    } else if (replicas === 0 || proposal.replicas > replicas) {
      replicas = proposal.replicas
      metric = proposal.metric
    }
  }
  if (proposals.length === 0) return { failed, reason: 'InvalidMetricSourceType', error: 'there is no metric' }
  if (first === undefined) return { replicas: Math.max(0, replicas), metric, failed, reason: 'ValidMetricFound' }
  if (failed === proposals.length || replicas < currentReplicas) return { failed, reason: first.reason, error: first.error }
  return { replicas, metric, failed, reason: 'ValidMetricFound', error: first.error }
}
