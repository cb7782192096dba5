export interface KpaTargetInput {
  /** Default `concurrency`. */
  readonly metric?: 'concurrency' | 'rps'
  /** Requests one container takes at once; 0 and absent mean no limit. */
  readonly containerConcurrency?: number
  /** Annotation `autoscaling.knative.dev/target`. */
  readonly target?: number
  /** Annotation `autoscaling.knative.dev/target-utilization-percentage`. */
  readonly targetUtilizationPercentage?: number
}

/** Both in the metric's unit: requests at once, or requests per second. */
export interface KpaTargetResult {
  /** What a pod may take. */
  readonly totalValue: number
  /** What the autoscaler aims at per pod. */
  readonly targetValue: number
}

const defaults = { concurrency: 100, rps: 200, utilizationPercentage: 70, leastTarget: 0.01 }

/**
 * The value a pod may take and the share of it that is aimed at. The annotation replaces the default, but never goes above the
 * container's own limit.
 *
 * Source: knative: pkg/reconciler/autoscaling/resources/target.go, ResolveMetricTarget; config/core/configmaps/autoscaler.yaml.
 */
export function kpaTarget(input: KpaTargetInput): KpaTargetResult {
  const totalValue = totalOf(input)
  const share = (input.targetUtilizationPercentage ?? defaults.utilizationPercentage) / 100
  return { totalValue, targetValue: Math.max(defaults.leastTarget, totalValue * share) }
}

function totalOf({ metric, containerConcurrency = 0, target }: KpaTargetInput): number {
  if (metric === 'rps') return target ?? defaults.rps
  if (target === undefined) return containerConcurrency || defaults.concurrency
  return containerConcurrency === 0 ? target : Math.min(target, containerConcurrency)
}
