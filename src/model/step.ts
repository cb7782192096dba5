import type { Fault } from '../kernel/fault.ts'
import type { Instant, Millis } from '../kernel/instant.ts'
import type { ComponentKey, ReplicaId, RevisionId } from './names.ts'

/** Action name to arguments. The step union, the executor table and the printed plan all derive from this. */
export interface Actions {
  /** The network of the environment with its edge: listeners bound, ready to take a table. */
  readonly ensureNetwork: { readonly name: string }
  readonly ensureVolume: { readonly name: string }
  readonly pullImage: { readonly ref: string }
  readonly buildImage: { readonly ref: string; readonly context: string }
  readonly startReplica: {
    readonly replica: ReplicaId
    readonly revision: RevisionId
    readonly ordinal: number
    readonly restartToken: number
  }
  /** Ends by itself when the control core sees the replica ready; has no side effect. */
  readonly awaitReady: { readonly replica: ReplicaId }
  readonly drainReplica: { readonly replica: ReplicaId; readonly graceMs: Millis }
  readonly removeReplica: { readonly replica: ReplicaId; readonly graceMs: Millis }
  /** Ends (if need be) and starts again one container (or each, `ALL_CONTAINERS`) in place; `token` is the restart token the replica then carries. */
  readonly restartApp: { readonly replica: ReplicaId; readonly container: string; readonly token: number; readonly graceMs: Millis }
  readonly pushFiles: { readonly replica: ReplicaId; readonly token: number }
  readonly execInReplica: {
    readonly replica: ReplicaId
    readonly container: string
    readonly command: readonly string[]
    readonly token: number
  }
  readonly restartSidecar: { readonly replica: ReplicaId; readonly sidecar: string }
  readonly prepareSandbox: { readonly component: ComponentKey; readonly ordinal: number }
  readonly removeSandbox: { readonly component: ComponentKey; readonly ordinal: number }
  readonly freezeReplica: { readonly replica: ReplicaId }
  readonly thawReplica: { readonly replica: ReplicaId }
  readonly removeVolume: { readonly name: string }
  readonly removeImage: { readonly ref: string }
  readonly removeNetwork: { readonly name: string }
  readonly removeStray: { readonly id: string }
}
/** As `container` of `restartApp`: every container of the pod, one after the other. */
export const ALL_CONTAINERS = '*'

export type ActionName = keyof Actions
export type Action = { readonly [K in ActionName]: { readonly do: K } & Actions[K] }[ActionName]

/** Action, subject and fingerprint: stable across passes, so that a failed step is recognised again. */
export type StepKey = string & { readonly __brand: 'StepKey' }

export interface Step {
  readonly key: StepKey
  readonly action: Action
  readonly needs: readonly StepKey[]
  /** Why: `image changed`, `scale 1 -> 3`, `superseded by web--7f3`. */
  readonly cause: string
  /** The component (or other resource) whose progress line shows it. */
  readonly group?: string
  readonly bestEffort?: true
}

export type HoldReason =
  | 'needs'
  | 'crash-backoff'
  | 'engine-down'
  | 'capacity'
  | 'paused'
  | 'stopped'
  | 'suspended'
  | 'secret'
  | 'image'
  | 'renewal'
  | 'not-renewed'
  | 'draining'
  | 'cooldown'
  | 'not-ready'
  | 'failed'
  | 'unsupported'

/** Why something is not happening, and until when if it ends by itself. */
export interface Hold {
  /** Component key, step name or other subject. */
  readonly subject: string
  readonly reason: HoldReason
  /** What it waits for, in words or names. */
  readonly on: readonly string[]
  readonly until?: Instant
  /** What the user can do, where waiting does not help. */
  readonly next?: string
  /** Attempts that failed in a row, where the reason is that they did. */
  readonly failures?: number
}

/** Of a replica beside the wanted ones: it waits to be called, or it was called and is one of them now. */
export type StandbyRole = 'waiting' | 'called'

export interface Plan {
  readonly steps: readonly Step[]
  readonly holds: readonly Hold[]
  readonly wakeAt?: Instant
  /** Replicas that stand by, and those that did; absent where there are none. */
  readonly standbys?: ReadonlyMap<ReplicaId, StandbyRole>
}

export interface StepFailure {
  readonly count: number
  readonly lastAt: Instant
  readonly fault: Fault
}
