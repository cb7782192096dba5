import type { Instant } from '../kernel/instant.ts'
import type { ComponentKey } from '../model/names.ts'

/** Why a component has the number of replicas that it has, and what would happen next. Times are those of the environment's clock. */
export interface ScaleView {
  readonly schemaVersion: 1
  readonly component: ComponentKey
  /** Name of the ScaledObject, ScaledJob or HorizontalPodAutoscaler. */
  readonly name: string
  readonly by: 'keda' | 'hpa'
  /** Of the environment's clock. */
  readonly now: Instant
  readonly min: number
  readonly max: number
  readonly idle?: number
  /** Wanted now. */
  readonly replicas: number
  readonly ready: number
  /** Of a ScaledJob: `replicas` are its unfinished jobs, and `ready` those of them that run. */
  readonly jobs?: ScaleJobsView
  /** Requests that wait at its gate and those that are carried. */
  readonly held: number
  readonly inFlight: number
  /** As annotations would say it; those set by hand marked. */
  readonly annotations: readonly { readonly name: string; readonly value: string; readonly byHand: boolean }[]
  readonly triggers: readonly ScaleTriggerView[]
  readonly conditions: readonly ScaleConditionView[]
  readonly next: {
    readonly pollAt?: Instant
    /** Absent for a ScaledJob, which has no HPA. */
    readonly syncAt?: Instant
    /** No trigger is active: from then on the next poll scales to zero, or to the idle count. */
    readonly coolDownEndsAt?: Instant
  }
  /** The last ones, newest last. */
  readonly decisions: readonly ScaleDecisionView[]
}

export interface ScaleJobsView {
  /** Not finished, those that are pending included. */
  readonly running: number
  readonly pending: number
  /** Kept as the history. */
  readonly complete: number
  readonly failed: number
  readonly strategy: string
}

export interface ScaleTriggerView {
  readonly name: string
  readonly type: string
  readonly metricType: string
  readonly target: number
  readonly activation: number
  /** Where the value comes from: `edge`, `engine`, `clock`, `environment`, `meter`, `hand`. */
  readonly from: string
  readonly active: boolean
  readonly value?: number
  readonly error?: string
  readonly byHand?: true
}

export interface ScaleConditionView {
  readonly by: 'keda' | 'hpa'
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

export interface ScaleDecisionView {
  readonly at: Instant
  /** The operator's poll, or the HPA's sync. */
  readonly by: 'poll' | 'sync'
  readonly from: number
  readonly to: number
  /** It changed nothing and is the last of its kind. */
  readonly last?: true
  readonly trail: readonly { readonly stage: string; readonly from: number; readonly to: number; readonly because: string }[]
  readonly proposals: readonly {
    readonly metric: string
    readonly value?: number
    readonly target: number
    readonly replicas?: number
    readonly error?: string
  }[]
  readonly limitedBy?: string
}

/** The clock of an environment's decisions. */
export interface ClockView {
  readonly kind: 'system' | 'scaled' | 'virtual'
  readonly now: Instant
  /** Seconds of it for one of the machine; 0 where it stands still. */
  readonly speed: number
}
