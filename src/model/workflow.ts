import type { Origin } from '../kernel/diagnostic.ts'
import type { Instant, Millis } from '../kernel/instant.ts'
import type { ComponentSource, InputBinding, OutputBinding } from './component.ts'
import type { ComponentKey } from './names.ts'

export type StepMode = 'StepByStep' | 'DAG'

/** What a step does here. Everything static (placements, overrides) is already worked out by the dialect. */
export type StepWork =
  /** Apply these components, at most `parallelism` at once, then wait until all are healthy. */
  | {
      readonly do: 'apply'
      readonly components: readonly ComponentSource[]
      readonly parallelism: number
      readonly approve: 'none' | 'first'
    }
  | { readonly do: 'suspend'; readonly durationMs?: Millis; readonly message?: string }
  | { readonly do: 'group'; readonly mode: StepMode; readonly steps: readonly WorkflowStep[] }
  /** Logged, never sent. */
  | { readonly do: 'notify'; readonly channels: readonly string[]; readonly message: string }
  | { readonly do: 'not-simulated'; readonly why: string }

export interface WorkflowStep {
  readonly name: string
  readonly type: string
  readonly alias?: string
  readonly work: StepWork
  /** The condition as written: `always`, or a CUE expression over `status`, `inputs` and `context`. */
  readonly if?: string
  readonly timeoutMs?: Millis
  readonly dependsOn: readonly string[]
  readonly inputs: readonly InputBinding[]
  readonly outputs: readonly OutputBinding[]
  readonly origin: Origin
}

/** Always present: generated as KubeVela does when the user wrote none (facts, section 1.5). */
export interface Workflow {
  readonly generated: boolean
  readonly mode: StepMode
  readonly steps: readonly WorkflowStep[]
}

/** Source: KubeVela, status.workflow.steps[].phase. */
export type StepPhase = 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'suspending'
/** Source: KubeVela, status.workflow.steps[].reason. */
export type StepReason =
  | 'Wait'
  | 'Skip'
  | 'Rendering'
  | 'Execute'
  | 'Suspend'
  | 'Terminate'
  | 'ProcessParameter'
  | 'Input'
  | 'Output'
  | 'FailedAfterRetries'
  | 'Timeout'
  | 'Action'

export interface StepRun {
  readonly name: string
  readonly type: string
  readonly phase: StepPhase
  readonly reason?: StepReason
  readonly message?: string
  readonly firstExecuteTime?: Instant
  readonly lastExecuteTime?: Instant
  /** Components this step has applied so far. */
  readonly applied: readonly ComponentKey[]
  readonly failures: number
  readonly steps: readonly StepRun[]
}

/** One run of an application's workflow; kept on disk, so that it survives the daemon. */
export interface WorkflowRun {
  readonly app: string
  /** Number of the application revision that this run applies: `<app>-vN`. */
  readonly revision: number
  readonly status: 'initializing' | 'executing' | 'suspending' | 'terminated' | 'failed' | 'succeeded'
  /** Suspended by the user (`workflow suspend`), on top of any suspend step. */
  readonly heldByUser: boolean
  readonly steps: readonly StepRun[]
  /** Values of outputs by name. Never values of secrets. */
  readonly values: Readonly<Record<string, unknown>>
  readonly startedAt: Instant
  readonly endedAt?: Instant
}
