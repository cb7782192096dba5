import { type Annotations, pauseState } from './pause-state.ts'
import { kedaDefaults } from './spec.ts'

/** `scaleUp` or `scaleDown` of autoscaling/v2, handed on as written. */
export interface HpaScalingRules {
  readonly stabilizationWindowSeconds?: number
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled'
  readonly policies?: readonly { readonly type: 'Pods' | 'Percent'; readonly value: number; readonly periodSeconds: number }[]
  readonly tolerance?: number
}

export interface HpaBehavior {
  readonly scaleUp?: HpaScalingRules
  readonly scaleDown?: HpaScalingRules
}

export interface HpaBoundsInput {
  readonly minReplicaCount?: number
  readonly maxReplicaCount?: number
  /** `advanced.horizontalPodAutoscalerConfig.behavior`. Absent is not the same as `{}`. */
  readonly behavior?: HpaBehavior
  readonly annotations?: Annotations
}

export interface HpaBoundsResult {
  readonly minReplicas: number
  readonly maxReplicas: number
  readonly behavior?: HpaBehavior
}

/**
 * Bounds and behaviour of the HPA that KEDA generates: never below 1 replica, 100 at most unless said otherwise; a paused direction gets
 * `selectPolicy: Disabled`, which also makes a behaviour where there was none.
 * Upstream: apis/keda/v1alpha1/scaledobject_types.go (GetHPAMinReplicas, GetHPAMaxReplicas), controllers/keda/hpa.go (newHPAForScaledObject).
 */
export function hpaBounds({ minReplicaCount, maxReplicaCount, behavior, annotations }: HpaBoundsInput): HpaBoundsResult {
  const { scaleInPaused, scaleOutPaused } = pauseState(annotations === undefined ? {} : { annotations })
  const changed: HpaBehavior | undefined =
    scaleInPaused || scaleOutPaused
      ? {
          ...behavior,
          ...(scaleInPaused ? { scaleDown: { ...behavior?.scaleDown, selectPolicy: 'Disabled' } } : {}),
          ...(scaleOutPaused ? { scaleUp: { ...behavior?.scaleUp, selectPolicy: 'Disabled' } } : {}),
        }
      : behavior
  return {
    minReplicas: minReplicaCount !== undefined && minReplicaCount > 0 ? minReplicaCount : kedaDefaults.hpaMinReplicas,
    maxReplicas: maxReplicaCount ?? kedaDefaults.maxReplicaCount,
    ...(changed === undefined ? {} : { behavior: changed }),
  }
}
