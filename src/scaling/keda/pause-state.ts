/** Annotations of a ScaledObject that stop or force scaling (upstream: apis/keda/v1alpha1/scaledobject_types.go). */
export const kedaAnnotations = {
  paused: 'autoscaling.keda.sh/paused',
  pausedReplicas: 'autoscaling.keda.sh/paused-replicas',
  pausedScaleIn: 'autoscaling.keda.sh/paused-scale-in',
  pausedScaleOut: 'autoscaling.keda.sh/paused-scale-out',
  forceActivation: 'autoscaling.keda.sh/force-activation',
  transferHpaOwnership: 'scaledobject.keda.sh/transfer-hpa-ownership',
  hpaExcludedLabels: 'scaledobject.keda.sh/hpa-excluded-labels',
  hpaOwnership: 'validations.keda.sh/hpa-ownership',
} as const

export type Annotations = Readonly<Record<string, string>>

export interface PauseStateInput {
  readonly annotations?: Annotations
}

export interface PauseStateResult {
  /** The loop stands still and there is no HPA. */
  readonly paused: boolean
  /** The size that the target is set to before the loop stops; absent: it stays as it is. */
  readonly pausedReplicas?: number
  /** Shrinking is off: neither the operator nor the HPA (`scaleDown.selectPolicy: Disabled`) takes a replica away. */
  readonly scaleInPaused: boolean
  /** Growing is off, in the same two places. */
  readonly scaleOutPaused: boolean
  /** The target counts as active whatever its triggers say. */
  readonly forceActivation: boolean
  /** What is wrong with the annotations; the object stays paused, and is not moved to a size that cannot be read. */
  readonly problem?: string
}

/**
 * What the annotations ask for. A switch is on with any value except one that reads as false, so `paused: ""` and `paused: "off"` pause;
 * `paused-replicas` pauses even next to `paused: "false"`.
 * Upstream: apis/keda/v1alpha1/scaledobject_types.go (NeedToBePausedByAnnotation, GetPausedReplicaCount), controllers/keda/scaledobject_controller.go.
 */
export function pauseState({ annotations = {} }: PauseStateInput): PauseStateResult {
  const wanted = annotations[kedaAnnotations.pausedReplicas]
  const switches = {
    paused: wanted !== undefined || isOn(annotations, kedaAnnotations.paused),
    scaleInPaused: isOn(annotations, kedaAnnotations.pausedScaleIn),
    scaleOutPaused: isOn(annotations, kedaAnnotations.pausedScaleOut),
    forceActivation: isOn(annotations, kedaAnnotations.forceActivation),
  }
  if (wanted === undefined) return switches
  const count = /^[+-]?\d+$/.test(wanted) ? Number(wanted) : Number.NaN
  if (Number.isSafeInteger(count) && count >= 0 && count < 2 ** 31) return { ...switches, pausedReplicas: count }
  const problem = `${kedaAnnotations.pausedReplicas} is ${JSON.stringify(wanted)}, which is no number of replicas: write a whole number from 0, for example "2"`
  return { ...switches, problem }
}

const FALSE = new Set(['0', 'f', 'F', 'false', 'False', 'FALSE'])

/** Go's strconv.ParseBool, where text that is no boolean counts as true. */
function isOn(annotations: Annotations, name: string): boolean {
  const value = annotations[name]
  return value !== undefined && !FALSE.has(value)
}
