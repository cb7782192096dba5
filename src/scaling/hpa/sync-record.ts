import type { TrailEntry } from '../trail.ts'
import type { HpaBehavior } from './behavior.ts'
import type { MetricFailureReason } from './combine-proposals.ts'
import type { HpaCondition } from './conditions.ts'
import type { HpaPod, YoungPodPeriods } from './group-pods.ts'
import type { HpaMetric, MetricSize } from './metric.ts'
import type { Recommendation } from './recommendations.ts'
import type { ScaleEventLog } from './scale-events.ts'

/** What of an autoscaler's spec decides; metrics come with their readings. */
export interface HpaSpec {
  /** Default 1. */
  readonly minReplicas?: number | undefined
  readonly maxReplicas: number
  /** Absent and empty mean two different algorithms. */
  readonly behavior?: HpaBehavior | undefined
}

/** Settings of the controller, the same for all autoscalers. Absent ones have upstream's defaults. */
export interface HpaControllerOptions extends YoungPodPeriods {
  /** For both directions. Default 0.1. */
  readonly tolerance?: number | undefined
  /** Default 300000. */
  readonly downscaleStabilizationMs?: number | undefined
  /** Cap of growth without a behavior. Defaults 2 and 4. */
  readonly scaleUpLimitFactor?: number | undefined
  readonly scaleUpLimitMinimum?: number | undefined
  /**
   * Whose rules apply at 0 replicas. `1.35` (default): disabled unless `minReplicas` is 0. `1.36`: disabled. `1.37`: disabled
   * unless this autoscaler itself has gone to 0 (condition ScaledToZero) by an object or external metric.
   */
  readonly version?: '1.35' | '1.36' | '1.37' | undefined
  /** The feature gate HPAScaleToZero of 1.36 and later. Default on in 1.37. */
  readonly scaleToZero?: boolean | undefined
}

/** What an autoscaler remembers from pass to pass. Upstream loses all but conditions and times when its controller restarts. */
export interface HpaState extends ScaleEventLog {
  /** Wishes before stabilisation. Empty means that no pass has taken place. */
  readonly recommendations: readonly Recommendation[]
  readonly conditions: readonly HpaCondition[]
  /** When a pass last changed the size. */
  readonly lastScaleAtMs?: number | undefined
}

export interface HpaSyncInput {
  readonly spec: HpaSpec
  readonly controller?: HpaControllerOptions | undefined
  /** The wanted size (`spec.replicas` of the target). */
  readonly specReplicas: number
  /** Pods that exist (`status.replicas`). Default: the wanted size. */
  readonly statusReplicas?: number | undefined
  /** Pods of the target; only metrics other than averages of totals look at them. */
  readonly pods?: readonly HpaPod[] | undefined
  readonly metrics: readonly HpaMetric[]
  /** What the last pass returned; absent at the first. */
  readonly state?: Partial<HpaState> | undefined
  readonly nowMs: number
  /**
   * `none` leaves the trail empty, which is several times faster. The same input gives the same decision either way, so a caller
   * can ask again for the trail of a pass that turned out to matter.
   */
  readonly explain?: 'trail' | 'none' | undefined
}

/** What a metric asked for, under the name that users know it by. */
export type HpaProposal =
  | { readonly metric: string; readonly replicas: number; readonly figures: MetricSize; readonly error?: undefined }
  | { readonly metric: string; readonly error: string; readonly reason: MetricFailureReason; readonly replicas?: undefined }

export interface HpaSyncResult {
  /** The size to set; the wanted size where nothing changes. */
  readonly replicas: number
  /** Whether the size is to be set. The state takes it that it was. */
  readonly rescale: boolean
  readonly state: HpaState
  /** Those of the state. */
  readonly conditions: readonly HpaCondition[]
  /** In the order of the metrics; empty where none was looked at. */
  readonly proposals: readonly HpaProposal[]
  readonly trail: readonly TrailEntry[]
}
