import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { Fault } from '../kernel/fault.ts'
import type { Instant, Millis } from '../kernel/instant.ts'
import type { ComponentKey, ReplicaId } from '../model/names.ts'
import type { EngineHealth, Phase } from '../model/observed.ts'
import type { Hold, StepKey } from '../model/step.ts'
import type { StepPhase } from '../model/workflow.ts'

/** A diagnostic with its place worked out, as shown to people. */
export interface ShownDiagnostic extends Diagnostic {
  readonly line?: number
  readonly column?: number
  /** The offending lines with a marker; values of secrets are masked. */
  readonly excerpt?: string
}

/** Everything that is reported. Events are never inputs to decisions. */
export type EventBody =
  | { readonly type: 'model.loaded' | 'model.rejected'; readonly app: string; readonly diagnostics: readonly ShownDiagnostic[] }
  | { readonly type: 'app.removed'; readonly app: string }
  | { readonly type: 'app.changed'; readonly app: string; readonly phase: AppPhase; readonly message?: string }
  | { readonly type: 'workflow.step'; readonly app: string; readonly step: string; readonly phase: StepPhase; readonly message?: string }
  | {
      readonly type: 'workflow.notification'
      readonly app: string
      readonly step: string
      readonly channels: readonly string[]
      readonly message: string
    }
  | {
      readonly type: 'plan.changed'
      readonly steps: readonly { readonly key: StepKey; readonly cause: string; readonly group?: string }[]
      readonly holds: readonly Hold[]
    }
  | {
      readonly type: 'step.started' | 'step.done' | 'step.aborted'
      readonly key: StepKey
      readonly action: string
      readonly cause: string
      readonly group?: string
      readonly tookMs?: Millis
    }
  | { readonly type: 'step.progress'; readonly key: StepKey; readonly group?: string; readonly text: string }
  | {
      readonly type: 'step.failed'
      readonly key: StepKey
      readonly action: string
      readonly group?: string
      readonly fault: Fault
      readonly retryAt?: Instant
      /** Everything goes on without it. */
      readonly bestEffort?: true
    }
  | {
      readonly type: 'replica.changed'
      readonly replica: ReplicaId
      readonly component: ComponentKey
      readonly phase: Phase | 'removed'
      readonly detail?: string
    }
  | { readonly type: 'component.healthy' | 'component.unhealthy'; readonly component: ComponentKey; readonly message: string }
  | {
      readonly type: 'scale.decided'
      readonly component: ComponentKey
      readonly from: number
      readonly to: number
      readonly because: readonly string[]
    }
  | {
      readonly type: 'request.held' | 'request.released' | 'request.expired'
      readonly component: ComponentKey
      /** The longest, where there are several. */
      readonly waitedMs: Millis
      /** How many requests it concerns; absent means one. */
      readonly count?: number
    }
  | { readonly type: 'engine.changed'; readonly health: EngineHealth }
  | { readonly type: 'edge.changed'; readonly state: 'attached' | 'away'; readonly detail: string }
  /** A program looked up a service that does not exist, nor would in the cloud; told once for each name and client. */
  | { readonly type: 'name.unknown'; readonly name: string; readonly client: string; readonly diagnostic: ShownDiagnostic }
  | { readonly type: 'notice'; readonly level: 'info' | 'warning'; readonly text: string }

export type EventType = EventBody['type']
/** The body of an event type; several types may share one. */
export type EventOf<T extends EventType> = EventBody extends infer B
  ? B extends { readonly type: infer U }
    ? T extends U
      ? B
      : never
    : never
  : never

/** Source: KubeVela, status.status. */
export type AppPhase =
  | 'starting'
  | 'rendering'
  | 'generatingPolicy'
  | 'runningWorkflow'
  | 'workflowSuspending'
  | 'workflowTerminated'
  | 'workflowFailed'
  | 'running'
  | 'unhealthy'
  | 'deleting'

/** One event on the wire. `v` changes only with a migration note. */
export interface Envelope {
  readonly v: 1
  readonly seq: number
  readonly at: Instant
  readonly body: EventBody
}

/** A reader that fell behind gets this and lists again. */
export interface Gap {
  readonly gap: true
  readonly seq: number
}
