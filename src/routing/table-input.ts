import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { GateLimits, PublishedPort, Service } from '../model/component.ts'
import type { AwaitedProbe, EdgeFault, EdgeProbe, EdgeTable, GatePolicy } from '../model/edge.ts'
import type { Endpoint } from '../model/engine.ts'
import type { ComponentKey, ReplicaId, RevisionId } from '../model/names.ts'
import type { Port } from '../model/pod.ts'
import type { Route } from '../model/route.ts'
import type { Balance } from '../model/route-behaviour.ts'

/** A replica as routing sees it: one that takes traffic, will do so after one pass of a probe, or only finishes what it has. */
export type TableReplica = {
  readonly id: ReplicaId
  readonly revision: RevisionId
  /** Where each container port is reached, as the edge sees it. */
  readonly endpoints: ReadonlyMap<number, Endpoint>
} & ({ readonly state: 'ready' | 'draining' } | { readonly state: 'starting'; readonly awaits: AwaitedProbe })

/** A component with its ports, its replicas, and what its gate does while none of them is ready. */
export interface TableComponent {
  readonly key: ComponentKey
  readonly app: string
  readonly name: string
  readonly namespace: string
  /** Container ports, in the order of the model. */
  readonly ports: readonly Pick<Port, 'number' | 'protocol'>[]
  readonly replicas: readonly TableReplica[]
  readonly gate: GatePolicy
  /** Without them the defaults of backends and the hold time of routes. */
  readonly limits?: GateLimits
  /** Without it replicas take turns. */
  readonly balance?: Balance
  /** Names for revisions, each with a host of its own. Source: Azure Container Apps, labels. */
  readonly labels?: readonly { readonly label: string; readonly revision: RevisionId }[]
}

/** Everything the table of one environment is made of. */
export interface TableInput {
  readonly version: number
  readonly environment: string
  readonly components: readonly TableComponent[]
  readonly services: readonly Service[]
  readonly routes: readonly Route[]
  readonly published: readonly (PublishedPort & { readonly component: ComponentKey })[]
  /** Preferred port of the listener `web`. */
  readonly webPort: number
  /** `always` where there is a listener for TLS even if no route asks for it. */
  readonly tls?: 'always'
  /** The port each listener had last time, by listener id: preferred again. */
  readonly ports: Readonly<Record<string, number>>
  /** The block of addresses of which each service gets one, in CIDR form; absent where services share the loopback address. */
  readonly serviceRange?: string
  /** The address each service had last time, by `serviceKey`: kept. */
  readonly addresses: Readonly<Record<string, string>>
  readonly probes: readonly EdgeProbe[]
  /** Disturbances that somebody ordered. */
  readonly faults?: readonly EdgeFault[]
}

/** The table, and everything of the model that could not be put into it. */
export interface CompiledTable {
  readonly table: EdgeTable
  /** The address of each service that has one, by `serviceKey`; without a range what was remembered. */
  readonly addresses: Readonly<Record<string, string>>
  readonly problems: readonly Diagnostic[]
}

/** Preferred port of the listener that serves by routes. Source: design, section 10. */
export const DEFAULT_WEB_PORT = 8080

export const WEB_LISTENER = 'web'

/** Preferred port of the same over TLS (ours: the usual one beside 8080). */
export const DEFAULT_TLS_PORT = 8443

export const TLS_LISTENER = 'web-tls'

/** `db.default`: what a service's address is remembered by. */
export function serviceKey({ name, namespace }: Pick<Service, 'name' | 'namespace'>): string {
  return `${name}.${namespace}`
}

export function serviceListener(name: string, namespace: string, port: number, protocol: Port['protocol'] = 'tcp'): string {
  return `service/${serviceKey({ name, namespace })}:${port}${suffix(protocol)}`
}

export function publishListener(hostPort: number, protocol: Port['protocol'] = 'tcp'): string {
  return `publish/${hostPort}${suffix(protocol)}`
}

/** The same number may be used for both. */
function suffix(protocol: Port['protocol']): string {
  return protocol === 'udp' ? '/udp' : ''
}
