import type { Origin } from '../kernel/diagnostic.ts'
import type { Millis } from '../kernel/instant.ts'
import type { ComponentKey, RevisionId } from './names.ts'
import type { PathType, RouteBehaviour } from './route-behaviour.ts'

/** Where requests go: through a service (by name and service port) or straight to a container port of a component. */
export type RouteTarget = { readonly weight: number; readonly revision?: RevisionId } & (
  | { readonly by: 'service'; readonly service: string; readonly namespace: string; readonly port: number }
  | { readonly by: 'component'; readonly component: ComponentKey; readonly port: number }
)

/** How requests reach a component from outside. */
export interface Route extends RouteBehaviour {
  /** Exact name or `*.example.com`; absent means any host. */
  readonly host?: string
  readonly path: string
  readonly pathType: PathType
  /** May be empty where the route redirects. */
  readonly to: readonly RouteTarget[]
  /** How long a request may be held before 504. OAM: 60 s (ours). */
  readonly holdMs: Millis
  /** Served over TLS as well. */
  readonly tls?: RouteTls
  readonly origin: Origin
}

export interface RouteTls {
  /** A Secret of the type `kubernetes.io/tls`; without it, or where the model has none of that name, the local authority makes a certificate. */
  readonly secret?: TlsSecret
  /** Whether requests over plain HTTP are sent to `https`. */
  readonly redirect: boolean
}

export interface TlsSecret {
  readonly namespace: string
  readonly name: string
}

/** Hold time of OAM routes (ours; nginx' proxy_read_timeout default has the same length). */
export const DEFAULT_HOLD_MS: Millis = 60_000
