import type { TriggerReading } from '../../model/meter.ts'
import type { ScalePolicy } from '../../model/scale-policy.ts'
import type { HpaState } from '../hpa/sync-record.ts'
import type { TrailEntry } from '../trail.ts'

/** A condition with upstream's type and reason (`ScalingActive`/`ValidMetricFound`, `Active`/`ScalerCooldown`, ...). */
export interface ScaleCondition {
  readonly by: 'keda' | 'hpa'
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

/** A replica as the scaler looks at it. */
export interface ScaledPod {
  readonly name: string
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed'
  readonly ready: boolean
  readonly deleting: boolean
  readonly startedAtMs?: number
  /** When `ready` last changed. */
  readonly readyChangedAtMs?: number
  /** Use of the last sample by resource: millicores, bytes; absent while there is none. */
  readonly usage?: { readonly cpuMilli: number; readonly memoryBytes: number; readonly sampledAtMs: number; readonly windowMs: number }
}

/** What a pod asks for, for utilisation; absent where a container asks for none. */
export interface ScaledRequests {
  readonly cpuMilli?: number
  readonly memoryBytes?: number
}

/** What both steps of the scaler look at. */
export interface ScalerInput {
  readonly policy: ScalePolicy
  readonly state: ScalerState
  /** One for each trigger that could be asked, by its name; those of the engine (cpu, memory) need none. */
  readonly readings: readonly TriggerReading[]
  /** Wanted now (`spec.replicas`). */
  readonly replicas: number
  /** Existing now (`status.replicas`). */
  readonly statusReplicas: number
  readonly pods: readonly ScaledPod[]
  /** By container name; the empty name is the whole pod. */
  readonly requests: Readonly<Record<string, ScaledRequests>>
  readonly nowMs: number
  /** `none` leaves the trail of a sync empty, which is faster; the same input gives the same decision either way. */
  readonly explain?: 'trail' | 'none'
}

/** All the scaler remembers of one component: plain values, so that it can be kept, shown and replayed. */
export interface ScalerState {
  readonly createdAtMs: number
  /** Of the operator. */
  readonly lastActiveAtMs?: number
  readonly active: boolean
  /** Failures in a row by trigger name. */
  readonly failures: Readonly<Record<string, number>>
  /** The Paused condition of the last poll. */
  readonly paused?: boolean
  /** The HPA's own memory; empty before its first sync. */
  readonly hpa: Partial<HpaState>
}

export interface ScalerDecision {
  readonly replicas: number
  readonly state: ScalerState
  readonly trail: readonly TrailEntry[]
  readonly conditions: readonly ScaleCondition[]
  /** Names of the triggers that are active. */
  readonly active: readonly string[]
  /** What each metric proposed, for the next question "why". */
  readonly proposals: readonly {
    readonly metric: string
    readonly value?: number
    readonly target: number
    readonly replicas?: number
    readonly error?: string
  }[]
  readonly limitedBy?: 'min' | 'max' | 'rate' | 'stabilisation' | 'cooldown' | 'no-data' | 'paused'
  /** When the decision could change by time alone. */
  readonly wakeAtMs?: number
}
