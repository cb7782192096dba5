import type { Fault } from '../kernel/fault.ts'
import type { Instant, Millis } from '../kernel/instant.ts'
import type { AppModel } from '../model/app-model.ts'
import type { EdgeTable } from '../model/edge.ts'
import type { Endpoint } from '../model/engine.ts'
import type { ComponentKey, ReplicaId } from '../model/names.ts'
import type { Observed } from '../model/observed.ts'
import type { Step, StepKey } from '../model/step.ts'
import type { EventBody, ShownDiagnostic } from '../wire/events.ts'
import type { ImageChoice } from './image-book.ts'
import type { ProbeResult } from './probe-book.ts'
import type { ApplicationOrder, Scaled } from './state.ts'

/** What the user asks for. Commands go to the front of the mailbox. */
export type Command =
  | {
      readonly do: 'down'
      readonly applications: readonly string[]
      readonly volumes: boolean
      readonly images?: boolean
      readonly graceMs?: Millis
    }
  | { readonly do: 'restart' | 'start' | 'stop'; readonly components: readonly ComponentKey[] }
  | { readonly do: 'scale'; readonly component: ComponentKey; readonly replicas: number }
  /** Annotations of the scaler, in place of those that were set by hand before; null takes one of the model away. */
  | {
      readonly do: 'annotate-scaler'
      readonly components: readonly ComponentKey[]
      readonly annotations: Readonly<Record<string, string | null>>
    }
  /** Of a trigger, by `<component key>/<trigger name>`; without a value it is measured again. */
  | { readonly do: 'set-metric'; readonly metric: string; readonly value: number | undefined }
  | {
      readonly do: 'workflow'
      readonly verb: 'suspend' | 'resume' | 'terminate' | 'restart'
      readonly application: string
      readonly step?: string
    }
  | { readonly do: 'images-built'; readonly refs: readonly string[] }
  | { readonly do: 'session'; readonly application: string; readonly session: string | undefined }

/** One application of an accepted load. */
export interface AppliedModel {
  readonly model: AppModel
  readonly order: ApplicationOrder
  readonly session?: string
  /** Of an `up`; absent when a changed file was read again, which makes no image anew. */
  readonly images?: ImageChoice
  readonly diagnostics: readonly ShownDiagnostic[]
}

/** Everything that happens enters through one mailbox as one of these. */
export type Input =
  | {
      readonly type: 'models'
      readonly models: readonly AppliedModel[]
      readonly removeOrphans: boolean
      /** Counts asked for together with the models. */
      readonly scale?: ReadonlyMap<ComponentKey, number>
    }
  | { readonly type: 'model-rejected'; readonly applications: readonly string[]; readonly diagnostics: readonly ShownDiagnostic[] }
  | {
      readonly type: 'observed'
      readonly began: number
      readonly observed: Observed
      readonly endpoints: ReadonlyMap<ReplicaId, ReadonlyMap<number, Endpoint>>
    }
  | ({ readonly type: 'probe' } & ProbeResult)
  | { readonly type: 'step-done'; readonly key: StepKey }
  | { readonly type: 'step-failed'; readonly key: StepKey; readonly fault: Fault }
  | { readonly type: 'edge-attached'; readonly bound: Readonly<Record<string, number>>; readonly handle?: string }
  | {
      readonly type: 'edge-acknowledged'
      readonly bound: Readonly<Record<string, number>>
      readonly problems: readonly { readonly listener: string; readonly message: string }[]
    }
  | { readonly type: 'edge-away'; readonly detail: string }
  | { readonly type: 'demand'; readonly component: ComponentKey; readonly held: number }
  /** A virtual clock has moved. */
  | { readonly type: 'clock-moved'; readonly now: Instant }
  /** The scaler decided, or what it shows of a component has changed. */
  | { readonly type: 'scaled'; readonly component: ComponentKey; readonly scaled: Scaled; readonly because: readonly string[] }
  /** A ScaledJob was polled: `from` executions were unfinished, `scaled.replicas` are now. */
  | {
      readonly type: 'jobs-decided'
      readonly component: ComponentKey
      /** How many executions. */
      readonly create: number
      /** Numbers of executions that go: finished ones beyond the history, and those of an earlier spec. */
      readonly remove: readonly number[]
      readonly from: number
      readonly scaled: Scaled
      readonly because: readonly string[]
    }
  | { readonly type: 'unknown-name'; readonly name: string; readonly client: string }
  | { readonly type: 'missing-secrets'; readonly keys: ReadonlySet<string> }
  | { readonly type: 'command'; readonly command: Command }
  | { readonly type: 'wake' }

/** What a pass wants done; performed by the shell, never by the reducer. */
export type Effect =
  | { readonly type: 'observe' }
  | { readonly type: 'table'; readonly table: Omit<EdgeTable, 'version'> }
  | { readonly type: 'run'; readonly step: Step }
  | { readonly type: 'abort'; readonly key: StepKey }
  | { readonly type: 'emit'; readonly body: EventBody }
  | { readonly type: 'wake-at'; readonly at: Instant }
  | { readonly type: 'save' }
