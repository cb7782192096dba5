import type { Instant } from '../kernel/instant.ts'
import type { ComponentKey, ReplicaId, RevisionId } from './names.ts'

/** What an engine reports, up to `running`; `ready`, `standby` (kept beside the wanted ones) and `draining` are derived by the control core. */
export type Phase = 'created' | 'starting' | 'running' | 'ready' | 'standby' | 'draining' | 'exited'

export type ContainerRole = 'init' | 'app' | 'sidecar'

export interface ObservedContainer {
  readonly name: string
  readonly role: ContainerRole
  readonly state: 'waiting' | 'running' | 'exited'
  /** When it was last started; absent while it waits for its first start. */
  readonly startedAt?: Instant
  /** When it entered this state. */
  readonly since: Instant
  readonly exitCode?: number
  /** Name of the signal that ended it, where known. */
  readonly signal?: string
  /** Times it was started again in this replica; a probe result of an earlier start is void. */
  readonly restarts: number
  /** How to find it on this machine, for display only: pid or container id. */
  readonly handle?: string
}

export interface ObservedReplica {
  readonly id: ReplicaId
  readonly app: string
  readonly component: ComponentKey
  readonly revision: RevisionId
  readonly ordinal: number
  readonly phase: 'created' | 'starting' | 'running' | 'exited'
  readonly since: Instant
  readonly restartToken: number
  readonly pushToken: number
  readonly frozen: boolean
  readonly containers: readonly ObservedContainer[]
  /** IPv4 on the environment's network, where each replica has its own. */
  readonly address?: string
  /** What the engine knows to be wrong, in words (for example "listens on 3000 instead of PORT"). */
  readonly unhealthy?: string
}

export interface Stray {
  readonly id: string
  readonly why: 'unknown-app' | 'bad-labels' | 'old-instance'
}

export interface ObservedImage {
  /** In full: `docker.io/library/nginx:latest`. */
  readonly name: string
  /** What the name leads to now. */
  readonly id: string
}

/** What exists, at one moment. Never contains wishes. */
export interface Observed {
  readonly at: Instant
  readonly engine: EngineHealth
  readonly replicas: readonly ObservedReplica[]
  readonly strays: readonly Stray[]
  readonly networks: readonly string[]
  readonly volumes: readonly string[]
  /** Every name of every image; empty where the engine has none. */
  readonly images: readonly ObservedImage[]
  /** Sandboxes that are ready for a replica of `component` and `ordinal`; empty where the engine has none. */
  readonly sandboxes: readonly { readonly component: ComponentKey; readonly ordinal: number }[]
  /** Addresses of the environment's network that its edge takes for services, in CIDR form; absent where services share the loopback address. */
  readonly serviceRange?: string
}

export interface EngineHealth {
  readonly state: 'healthy' | 'unhealthy' | 'absent'
  readonly detail: string
  readonly attributes: Readonly<Record<string, string>>
}
