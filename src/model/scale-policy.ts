import type { Origin } from '../kernel/diagnostic.ts'
import type { Millis } from '../kernel/instant.ts'
import type { SecretRef } from './secret-ref.ts'

/** A ScaledObject in all but name: every dialect's scaling lowers to it, with that dialect's defaults. */
export interface ScalePolicy {
  readonly min: number
  readonly max: number
  /** Replicas while nothing is active, below `min`. */
  readonly idle?: number
  /** Replicas before any decision (OAM trait `scaler`). */
  readonly initial: number
  /** Empty means a fixed count. */
  readonly triggers: readonly ScaleTrigger[]
  readonly pollMs: Millis
  readonly cooldownMs: Millis
  readonly initialCooldownMs: Millis
  /** Who decides: KEDA's operator with the HPA that it generates, or an HPA alone, which never goes to 0. Absent means KEDA. */
  readonly by?: 'keda' | 'hpa'
  /** Name of the ScaledObject or HorizontalPodAutoscaler; the component's where a trait makes it. */
  readonly name?: string
  /** As written, in upstream's shape (autoscaling/v2 HorizontalPodAutoscalerBehavior). Absent and `{}` differ. */
  readonly behavior?: ScaleBehavior
  readonly fallback?: ScaleFallback
  readonly modifiers?: ScaleModifiers
  /** `autoscaling.keda.sh/...` annotations of the ScaledObject: pauses, forced activation. */
  readonly annotations?: Readonly<Record<string, string>>
  /** Of a ScaledJob: jobs are created instead of replicas, and `min`, `max`, `triggers` and `pollMs` are all that counts beside it. */
  readonly jobs?: JobPolicy
  /** Replicas that are kept started and frozen beside those that run; from the overlay. */
  readonly standby?: number
  readonly origin?: Origin
}

/** What a ScaledJob has beside its triggers. Source: KEDA, apis/keda/v1alpha1/scaledjob_types.go. */
export interface JobPolicy {
  /** As written: whether there is a maximum decides whether the minimum is taken off it. */
  readonly minReplicaCount?: number
  readonly maxReplicaCount?: number
  readonly scalingStrategy: {
    readonly strategy: 'default' | 'custom' | 'accurate' | 'eager'
    readonly customScalingQueueLengthDeduction?: number
    readonly customScalingRunningJobPercentage?: string
    readonly pendingPodConditions?: readonly string[]
    readonly multipleScalersCalculation: 'max' | 'min' | 'avg' | 'sum'
  }
  readonly successfulJobsHistoryLimit: number
  readonly failedJobsHistoryLimit: number
  readonly rollout?: { readonly strategy?: string; readonly propagationPolicy?: string }
  readonly rolloutStrategy?: string
  /** A hash of the spec as written, in place of upstream's counter: jobs of another generation are of an earlier spec. */
  readonly generation: string
}

/** Source: Kubernetes, autoscaling/v2. */
export interface ScaleBehavior {
  readonly scaleUp?: ScaleRules
  readonly scaleDown?: ScaleRules
}

export interface ScaleRules {
  readonly stabilizationWindowSeconds?: number
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled'
  readonly policies?: readonly { readonly type: 'Pods' | 'Percent'; readonly value: number; readonly periodSeconds: number }[]
  /** Share of the target, such as 0.1. */
  readonly tolerance?: number
}

/** Source: KEDA, Fallback. */
export interface ScaleFallback {
  readonly failureThreshold: number
  readonly replicas: number
  readonly behavior: 'static' | 'currentReplicas' | 'currentReplicasIfHigher' | 'currentReplicasIfLower' | 'scalingModifiers'
}

/** Source: KEDA, ScalingModifiers. */
export interface ScaleModifiers {
  readonly formula: string
  readonly target: number
  readonly activationTarget: number
  readonly metricType: 'AverageValue' | 'Value'
  readonly origin: Origin
}

/** One trigger, checked and with its defaults filled in. */
export interface ScaleTrigger {
  /** As named by the user, otherwise KEDA's own name of the metric (`s0-redis-jobs`): unique in its policy. */
  readonly name: string
  /** The user named it: scaling modifiers may refer to it. */
  readonly named: boolean
  /** A KEDA scaler's name, or `http` and `tcp`. */
  readonly type: string
  /** All keys as text, defaults included; `...FromEnv` keys as written. */
  readonly metadata: Readonly<Record<string, string>>
  readonly metricType: 'AverageValue' | 'Value' | 'Utilization'
  /** Units of one replica, or percent for Utilization; in the metric's unit (cpu: millicores, memory: bytes). */
  readonly target: number
  /** Active strictly above it. */
  readonly activation: number
  readonly useCachedMetrics: boolean
  /** Where the value comes from. */
  readonly from: TriggerSource
  /** Parameters from a TriggerAuthentication, by name. */
  readonly auth: Readonly<Record<string, TriggerParameter>>
  /** The container whose environment `...FromEnv` keys are read from; absent means the application's. */
  readonly envContainer?: string
  readonly origin: Origin
}

export type TriggerSource =
  /** Counted by the edge. `windowMs` is what rates and averages are taken over. */
  | {
      readonly by: 'edge'
      readonly metric: 'concurrency' | 'requestRate' | 'connections'
      readonly windowMs: Millis
      readonly average: boolean
      /** Length of one bucket of the window, where rates are counted in buckets (KEDA HTTP add-on). */
      readonly granularityMs?: Millis
    }
  /** Use of the replicas; of one container where it is named. */
  | { readonly by: 'engine'; readonly resource: 'cpu' | 'memory'; readonly container?: string }
  /** Computed, never measured. */
  | { readonly by: 'clock' }
  /** Live replicas of other components. */
  | { readonly by: 'environment' }
  /** Asked from inside the environment. `push`: it may also report that it became active. */
  | { readonly by: 'meter'; readonly push: boolean }
  /** Set by hand: no reader exists for the type. */
  | { readonly by: 'hand' }

/** Never a secret's value: where it is found. */
export type TriggerParameter =
  | { readonly from: 'value'; readonly value: string }
  | { readonly from: 'secret'; readonly ref: SecretRef }
  | { readonly from: 'config'; readonly namespace: string; readonly name: string; readonly key: string }
  /** A variable of a container; absent means the application's. */
  | { readonly from: 'env'; readonly name: string; readonly container?: string }

/** A fixed number of replicas. */
export function fixedScale(replicas: number): ScalePolicy {
  return { min: replicas, max: replicas, initial: replicas, triggers: [], pollMs: 30_000, cooldownMs: 300_000, initialCooldownMs: 0 }
}

/** A TriggerAuthentication, or one of the cluster. Source: KEDA, triggerauthentication_types.go. */
export interface TriggerAuthentication {
  readonly kind: 'TriggerAuthentication' | 'ClusterTriggerAuthentication'
  readonly name: string
  readonly parameters: Readonly<Record<string, TriggerParameter>>
  /** Sources of parameters that are not simulated (`podIdentity`, `hashiCorpVault`, ...): triggers that use it are set by hand. */
  readonly notSimulated: readonly string[]
  readonly origin: Origin
}

/** What a route of the KEDA HTTP add-on counts, for the triggers that name it. */
export interface InterceptorRoute {
  readonly kind: 'InterceptorRoute' | 'HTTPScaledObject'
  readonly name: string
  readonly concurrency?: { readonly target: number }
  readonly requestRate?: { readonly target: number; readonly windowMs: Millis; readonly granularityMs: Millis }
  readonly origin: Origin
}
