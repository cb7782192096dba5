import type { Instant } from '../kernel/instant.ts'
import type { ReplicaId } from '../model/names.ts'
import type { Step, StepFailure, StepKey } from '../model/step.ts'

export interface InFlight {
  readonly step: Step
  readonly startedAt: Instant
  /** The pass in which it was done: it stays until an observation that began later has seen the result. */
  readonly donePass?: number
}

export interface Work {
  readonly inFlight: ReadonlyMap<StepKey, InFlight>
  readonly failures: ReadonlyMap<StepKey, StepFailure>
  /** Replicas whose requests have ended: they take no traffic any more. */
  readonly drained: ReadonlySet<ReplicaId>
}
