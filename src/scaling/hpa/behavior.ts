/** `Max` allows the largest change, `Min` the smallest, `Disabled` none. */
export type SelectPolicy = 'Max' | 'Min' | 'Disabled'

/** So many pods, or so many percent of the size at the start of the period, may come or go within the period. */
export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent'
  readonly value: number
  readonly periodSeconds: number
}

/** One direction of `spec.behavior`, field names as in autoscaling/v2. */
export interface ScalingRules {
  readonly stabilizationWindowSeconds?: number | undefined
  readonly selectPolicy?: SelectPolicy | undefined
  readonly policies?: readonly ScalingPolicy[] | undefined
  readonly tolerance?: number | undefined
}

/** `spec.behavior` as written; that it is absent means another algorithm than that it is empty. */
export interface HpaBehavior {
  readonly scaleUp?: ScalingRules | undefined
  readonly scaleDown?: ScalingRules | undefined
}

export interface FullScalingRules {
  readonly stabilizationWindowSeconds: number
  readonly selectPolicy: SelectPolicy
  readonly policies: readonly ScalingPolicy[]
  readonly tolerance?: number | undefined
}

/** A behavior with every default filled in. */
export interface FullBehavior {
  readonly scaleUp: FullScalingRules
  readonly scaleDown: FullScalingRules
}
