import type { Instant } from '../kernel/instant.ts'
import type { Note, Provenance } from '../model/component.ts'
import type { ComponentKey, ReplicaId, RevisionId } from '../model/names.ts'
import type { EngineHealth, ObservedContainer, Phase } from '../model/observed.ts'
import type { Hold } from '../model/step.ts'
import type { StepRun } from '../model/workflow.ts'
import type { AppPhase, ShownDiagnostic } from './events.ts'

/** Everything about an environment at sequence number `seq`; events after it continue from there. */
export interface EnvironmentView {
  readonly schemaVersion: 1
  readonly seq: number
  readonly environment: string
  readonly engine: EngineHealth & { readonly name: string }
  readonly edge: { readonly state: 'attached' | 'away' | 'none'; readonly handle?: string; readonly url?: string }
  readonly applications: readonly ApplicationView[]
  readonly holds: readonly Hold[]
  readonly strays: readonly { readonly id: string; readonly why: string }[]
}

export interface ApplicationView {
  readonly name: string
  readonly namespace: string
  readonly dialect: string
  readonly phase: AppPhase
  readonly healthy: boolean
  readonly message?: string
  readonly createdAt: Instant
  /** `<app>-vN`. */
  readonly revision: string
  /** Files it came from; `-` for standard input. */
  readonly files: readonly string[]
  readonly workflow: WorkflowView
  readonly policies: readonly { readonly name: string; readonly type: string; readonly simulated: boolean }[]
  readonly components: readonly ComponentView[]
  readonly notes: readonly Note[]
  /** Of the last load, where errors mean that the last good model is kept; then names that programs of it looked up in vain. */
  readonly diagnostics: readonly ShownDiagnostic[]
}

export interface WorkflowView {
  readonly mode: string
  readonly status: string
  readonly generated: boolean
  readonly suspended: boolean
  readonly terminated: boolean
  readonly finished: boolean
  readonly steps: readonly StepRun[]
}

export interface ComponentView {
  readonly key: ComponentKey
  readonly name: string
  readonly namespace: string
  readonly app: string
  readonly type: string
  readonly cluster: 'local'
  readonly kind: string
  readonly simulated: boolean
  readonly applied: boolean
  readonly healthy: boolean
  /** Upstream's text, for example `Ready:1/1`. */
  readonly message: string
  readonly desired: number
  readonly ready: number
  /** Present where something scales it. */
  readonly scaling?: {
    readonly min: number
    readonly max: number
    /** Names of the triggers that are active. */
    readonly active: readonly string[]
    /** Triggers that cannot be read, and why. */
    readonly failing?: readonly { readonly trigger: string; readonly error: string }[]
    readonly triggers: number
    readonly paused?: string
  }
  readonly image: string
  readonly revision?: RevisionId
  readonly replicas: readonly ReplicaView[]
  readonly endpoints: readonly EndpointView[]
  readonly traits: readonly { readonly type: string; readonly healthy: boolean; readonly simulated: boolean; readonly message?: string }[]
  readonly holds: readonly Hold[]
  readonly notes: readonly Note[]
}

export interface ReplicaView {
  readonly id: ReplicaId
  readonly component: ComponentKey
  readonly revision: RevisionId
  readonly ordinal: number
  readonly phase: Phase
  readonly since: Instant
  readonly restarts: number
  readonly exitCode?: number
  readonly containers: readonly ObservedContainer[]
  readonly detail?: string
  /** Why something of it was started again last, unless that was asked for. */
  readonly lastEnd?: { readonly why: string; readonly at: Instant }
}

export interface EndpointView {
  readonly ref: string
  readonly url: string
  /** Reachable from inside the environment only. */
  readonly inner: boolean
}

export interface EnvironmentSummary {
  readonly environment: string
  readonly engine: string
  readonly applications: readonly {
    readonly name: string
    readonly components: readonly {
      readonly name: string
      readonly type: string
      readonly traits: readonly string[]
      readonly healthy: boolean
      readonly message: string
    }[]
    readonly phase: AppPhase
    readonly healthy: boolean
    readonly createdAt: Instant
  }[]
}

/** The resolved component, secrets as marks, with where each value came from. */
export interface ExplainView {
  readonly component: ComponentKey
  readonly resolved: unknown
  readonly provenance: readonly (Provenance & { readonly line?: number; readonly column?: number })[]
  readonly rewrites: readonly { readonly container: string; readonly name: string; readonly from: string; readonly to: string }[]
  /** Services with an address of their own inside the environment. */
  readonly services: readonly ServiceAddressView[]
  readonly notes: readonly Note[]
  readonly holds: readonly Hold[]
}

export interface ServiceAddressView {
  /** `web.default`. */
  readonly service: string
  /** Complete name on the environment's network. */
  readonly name: string
  readonly address: string
  readonly ports: readonly number[]
}

export interface PlanView {
  /** One line per step, as printed. */
  readonly text: string
  readonly steps: readonly {
    readonly key: string
    readonly action: string
    readonly needs: readonly string[]
    readonly cause: string
    readonly group?: string
  }[]
  readonly holds: readonly Hold[]
  readonly diagnostics: readonly ShownDiagnostic[]
}

export interface VersionView {
  readonly version: string
  readonly pid: number
  readonly startedAt: Instant
  readonly instance: string
}

export interface DoctorCheck {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'failed'
  readonly detail: string
  /** More about it, one line each. */
  readonly details?: readonly string[]
  readonly fix?: string
}
