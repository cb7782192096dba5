/** What happens with a metric whose trigger keeps failing (upstream: apis/keda/v1alpha1/scaledobject_types.go). */
export type FallbackBehavior = 'static' | 'currentReplicas' | 'currentReplicasIfHigher' | 'currentReplicasIfLower' | 'scalingModifiers'

/** `spec.fallback`; behaviour `static` when absent. */
export interface FallbackSpec {
  /** The substitute is served only after more failures than this in a row. */
  readonly failureThreshold: number
  readonly replicas: number
  readonly behavior?: FallbackBehavior
}

export type MetricType = 'AverageValue' | 'Value' | 'Utilization'

/** `spec.advanced.scalingModifiers`, numbers as they are written (KEDA keeps them as text). */
export interface ScalingModifiersSpec {
  readonly formula?: string
  readonly target?: string | number
  /** 0 when absent. */
  readonly activationTarget?: string | number
  /** AverageValue when absent. */
  readonly metricType?: MetricType
}

/** The part of a ScaledObject's spec that decides about its size; names as upstream, durations in seconds. */
export interface ScaledObjectSpec {
  /** 0 when absent. */
  readonly minReplicaCount?: number
  /** 100 when absent. */
  readonly maxReplicaCount?: number
  readonly idleReplicaCount?: number
  /** 30 when absent. */
  readonly pollingIntervalSeconds?: number
  /** 300 when absent. */
  readonly cooldownPeriodSeconds?: number
  /** 0 when absent. */
  readonly initialCooldownPeriodSeconds?: number
  readonly fallback?: FallbackSpec
}

/** Defaults of ScaledObject and ScaledJob (upstream: apis/keda/v1alpha1/withtriggers_types.go, scaledobject_types.go, pkg/scaling/executor). */
export const kedaDefaults = {
  pollingIntervalSeconds: 30,
  cooldownPeriodSeconds: 300,
  initialCooldownPeriodSeconds: 0,
  minReplicaCount: 0,
  maxReplicaCount: 100,
  hpaMinReplicas: 1,
} as const
