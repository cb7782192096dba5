import type { Instant } from '../../kernel/instant.ts'
import type { Revision } from '../../model/desired.ts'
import type { EngineTraits } from '../../model/engine.ts'
import type { ComponentKey, ReplicaId, RevisionId } from '../../model/names.ts'
import type { StandbyRole, StepFailure, StepKey } from '../../model/step.ts'
import type { CrashHistory } from './crash-history.ts'

/** Everything a pass needs to know besides what should be and what is. */
export interface PlanContext {
  readonly now: Instant
  /** Replicas that may take traffic. One that drains, is about to go or is being restarted is not among them. */
  readonly ready: ReadonlySet<ReplicaId>
  /** Containers whose liveness or startup probe gave up: they are restarted in place. */
  readonly failing: ReadonlyMap<ReplicaId, readonly FailingContainer[]>
  /** Replicas whose requests have ended. One that the plan no longer removes is wanted again: forget that it drained. */
  readonly drained: ReadonlySet<ReplicaId>
  /** Steps that run, and those that ended after the last observation began: both must not be planned under another name. */
  readonly inFlight: KeySet
  readonly failures: ReadonlyMap<StepKey, StepFailure>
  readonly paused: ReadonlySet<ComponentKey>
  readonly capabilities: PlanCapabilities
  /** The environment's network is there and its edge takes tables. */
  readonly networkReady: boolean
  /** Crash counts that back-off starts from; without it every restart of a container counts. */
  readonly crashes?: CrashHistory
  /** Replicas that stand by or stood by, as the last plan said. */
  readonly standbys?: ReadonlyMap<ReplicaId, StandbyRole>
  /** Of those that stand by, the ones whose probes have passed: they may be frozen. */
  readonly warm?: ReadonlySet<ReplicaId>
  /** Revisions of replicas that are no longer wanted, for their grace. */
  readonly revisions?: ReadonlyMap<RevisionId, Revision>
}

export interface FailingContainer {
  readonly container: string
  readonly why: string
}

/** A set of step keys, or a map by step key. */
export interface KeySet {
  has(key: StepKey): boolean
  keys(): Iterable<StepKey>
}

/** What the engine can do, as known before planning. */
export interface PlanCapabilities {
  readonly runs: EngineTraits['runs']
  readonly sandboxes: boolean
  readonly images: boolean
  /** Absent means that volumes are made. */
  readonly volumes?: boolean
  /** Replicas can be frozen: otherwise those that stand by are left running. */
  readonly freezes?: boolean
}
