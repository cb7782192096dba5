import type { Code } from '../kernel/diagnostic.ts'
import type { Instant, Millis } from '../kernel/instant.ts'
import type { ComponentKey, ReplicaId, RevisionId } from './names.ts'
import type { ProbeAction, ProbeKind } from './probe.ts'
import type { TlsSecret } from './route.ts'
import type { Balance, PathType, RouteBehaviour } from './route-behaviour.ts'

/** A component and one of its container ports: `web:8000`. */
export type BackendId = string & { readonly __brand: 'BackendId' }

export function backendId(component: ComponentKey, port: number): BackendId {
  return `${component}:${port}` as BackendId
}

/**
 * All the edge needs to carry requests, pushed whole with a version. The edge acknowledges a version once every
 * listener is bound (or its problem is known) and every later request sees the table. It keeps the last one on its disk.
 */
export interface EdgeTable {
  readonly version: number
  readonly environment: string
  readonly listeners: readonly EdgeListener[]
  /** For listeners that serve by routes; already sorted, first match wins. */
  readonly routes: readonly EdgeRoute[]
  readonly backends: readonly EdgeBackend[]
  readonly probes: readonly EdgeProbe[]
  /** Disturbances that somebody ordered, first match wins; absent while there are none. */
  readonly faults?: readonly EdgeFault[]
  /** What the edge's resolver knows; a name of the cluster's domain that is not here does not exist. */
  readonly names: readonly EdgeName[]
}

/** A disturbance of what goes to one backend: named in each answer that it makes, and counted. */
export interface EdgeFault {
  readonly id: string
  readonly backend: BackendId
  /** Only what comes from replicas of this component. Nobody is known where replicas have no address of their own (the process engine). */
  readonly from?: ComponentKey
  /** Of the requests and connections that fit, above 0 and up to 1. */
  readonly share: number
  /** Of the source of randomness: the same seed disturbs the same ones in a row. */
  readonly seed: number
  readonly does: /** Later by `ms` and up to `jitterMs` more. */
    | { readonly by: 'delay'; readonly ms: Millis; readonly jitterMs: Millis }
    | { readonly by: 'error'; readonly status: number }
    /** The connection is reset. */
    | { readonly by: 'reset' }
    /** As if nothing arrived: no answer until the hold time is over. */
    | { readonly by: 'partition' }
}

/** A name of the cluster's domain: lower case, complete, without the last dot (`web.default.svc.cluster.local`). */
export interface EdgeName {
  readonly name: string
  /** IPv4; one for a service, one of each ready replica for a headless one. */
  readonly addresses: readonly string[]
}

export interface EdgeListener {
  /** Stable name such as `web`, `service/db:5432`, `publish/5432`. */
  readonly id: string
  readonly host: string
  /** Preferred port; 0 lets the system choose. */
  readonly port: number
  /** Datagrams; absent means connections (TCP). */
  readonly transport?: 'udp'
  /** What to do when the preferred port is taken: count up, take any, or report a problem. */
  readonly taken: 'next' | 'any' | 'fail'
  readonly serve: /** HTTP by host and path. */
    | { readonly by: 'routes' }
    /** In-app or published traffic to one backend: HTTP is recognised by its first bytes and balanced per request, anything else is spliced per connection. Datagrams of one client go to one replica. */
    | { readonly by: 'backend'; readonly backend: BackendId }
  /** Clients speak TLS. The first certificate is for names that none is for, and for clients that give no name. */
  readonly tls?: { readonly certificates: readonly EdgeCertificate[] }
}

/** What clients that ask for one of the hosts are shown. */
export interface EdgeCertificate {
  /** Lower-case exact names and `*.suffix`. */
  readonly hosts: readonly string[]
  /** A Secret of the model that has it; else the local authority makes one. */
  readonly secret?: TlsSecret
  /** Filled in when the table is sent, so that no key is ever part of the control state. */
  readonly pair?: CertificatePair
}

/** PEM: the certificate with those between it and its authority, and its private key. */
export interface CertificatePair {
  readonly chain: string
  readonly key: string
}

export interface EdgeRoute extends RouteBehaviour {
  /** Lower-case exact name, `*.suffix`, or absent for any host. */
  readonly host?: string
  readonly path: string
  readonly pathType: PathType
  /** Empty where the route redirects. Cumulative weights: a target is chosen when the counter modulo the last `upTo` is below its `upTo`. */
  readonly targets: readonly EdgeTarget[]
  readonly holdMs: Millis
  /** Requests over plain HTTP are sent to the same address with `https` at this port. */
  readonly httpsPort?: number
}

export interface EdgeTarget {
  readonly backend: BackendId
  readonly revision?: RevisionId
  readonly upTo: number
  /** In place of the route's, where the component has one of its own. */
  readonly holdMs?: Millis
}

export interface EdgeBackend {
  readonly id: BackendId
  readonly component: ComponentKey
  readonly app: string
  readonly replicas: readonly EdgeReplica[]
  /** Each takes requests from the first pass of a probe on: the edge need not ask anybody. */
  readonly starting: readonly StartingReplica[]
  /** No new requests; running ones finish. The edge reports `drained` when nothing is in flight. */
  readonly draining: readonly EdgeReplica[]
  /** What to do with a request when no replica is ready. */
  readonly gate: GatePolicy
  /** Without it replicas take turns. */
  readonly balance?: Balance
  readonly maxHeld: number
  /** For traffic that arrives on a backend listener. */
  readonly holdMs: Millis
}

export interface EdgeReplica {
  readonly id: ReplicaId
  readonly revision: RevisionId
  readonly host: string
  readonly port: number
}

/** Lacks nothing but one pass of the readiness probe of a container. */
export interface StartingReplica extends EdgeReplica {
  readonly awaits: AwaitedProbe
}

/** A readiness probe of one start of a container. */
export interface AwaitedProbe {
  readonly container: string
  readonly epoch: number
}

/** Hold only while something is bringing a replica up; otherwise answer at once with the reason. */
export type GatePolicy =
  | { readonly mode: 'hold'; readonly reason: string }
  | { readonly mode: 'refuse'; readonly status: 503; readonly code: Code; readonly reason: string; readonly retryAfterMs?: Millis }

export interface EdgeProbe {
  readonly replica: ReplicaId
  readonly container: string
  readonly kind: ProbeKind
  readonly action: Exclude<ProbeAction, { by: 'exec' }>
  /** The address of the probed port as the edge sees it. */
  readonly host: string
  readonly port: number
  /** The container's start count: results carry it, so that one of an earlier start is void. */
  readonly epoch: number
  readonly delayMs: Millis
  readonly everyMs: Millis
  readonly timeoutMs: Millis
  /** Equal results in a row that the control core waits for; the edge reports when a run reaches them. */
  readonly successes: number
  readonly failures: number
  /** Until it first passes it is asked in quick succession, whatever `everyMs` says: somebody waits for the answer. */
  readonly eager?: true
}

export type ToEdge =
  | { readonly type: 'table'; readonly table: EdgeTable }
  | { readonly type: 'ping'; readonly id: number }
  /** Say `hello` and repeat what holds: for a channel that does not tell when somebody new is at its other end. */
  | { readonly type: 'greet' }
  /** Tell of the requests that end: at once of the last ones that are remembered, at most `last`, then of each; or tell no more. What is told carries the `id`. */
  | { readonly type: 'follow-requests'; readonly on: boolean; readonly last: number; readonly id: number }
  /** Send the counters that often from now on, in place of once a second: for decisions on a faster clock. */
  | { readonly type: 'report-every'; readonly ms: Millis }
  /** Close listeners, end what runs, remove the last table and exit. */
  | { readonly type: 'shutdown' }

/** What an edge says. `seq`-less on purpose: state is re-sent in `hello` after each attach. */
export type EdgeMessage =
  | {
      readonly type: 'hello'
      readonly protocol: 1
      readonly pid: number
      readonly tableVersion: number
      readonly bound: Readonly<Record<string, number>>
      /** Names this run of the edge; absent from an edge of an earlier version, which tells of no requests. */
      readonly run?: string
    }
  | {
      readonly type: 'ack'
      readonly version: number
      readonly bound: Readonly<Record<string, number>>
      readonly problems: readonly { readonly listener: string; readonly message: string }[]
    }
  /** A probe's result: sent when it differs from the last one of the same epoch, and when `repeated` (equal results in a row, from 1) reaches the probe's threshold. */
  | {
      readonly type: 'probe'
      readonly replica: ReplicaId
      readonly container: string
      readonly kind: ProbeKind
      readonly epoch: number
      readonly ok: boolean
      readonly detail: string
      readonly repeated: number
    }
  /** A request waits at a backend without a ready replica; at once for the first, then with the counters. */
  | { readonly type: 'demand'; readonly backend: BackendId; readonly held: number }
  | { readonly type: 'drained'; readonly replica: ReplicaId; readonly version: number }
  /** A ready replica refused a connection. */
  | { readonly type: 'outlier'; readonly replica: ReplicaId; readonly backend: BackendId; readonly detail: string }
  | {
      readonly type: 'held'
      readonly backend: BackendId
      readonly event: 'held' | 'released' | 'expired' | 'cancelled'
      /** The longest, where there are several. */
      readonly waitedMs: Millis
      /** To how many requests it happened at once; absent means one. */
      readonly count?: number
    }
  | { readonly type: 'counters'; readonly at: Instant; readonly backends: readonly BackendCounters[] }
  /** Requests that have ended, in that order, while somebody follows them. Those whose number is left out between two were too many to be told. */
  | { readonly type: 'requests'; readonly id: number; readonly records: readonly RequestRecord[] }
  | { readonly type: 'pong'; readonly id: number }
  /** A name of the cluster's domain was asked for that the table does not have; said once for each name and table version. */
  | { readonly type: 'unknown-name'; readonly name: string; readonly client: string }

/** Counted since the edge started. Latency buckets are upper bounds in `LATENCY_BUCKETS_MS`, the last one unbounded; `latencySumMs` is the sum of what is in them. */
export interface TrafficCounters {
  /** Connections that were joined to a replica byte by byte: upgraded ones, and those of protocols that the edge does not read. */
  readonly connections: number
  readonly requests: number
  readonly statusClasses: readonly [number, number, number, number, number]
  readonly bytesIn: number
  readonly bytesOut: number
  readonly latency: readonly number[]
  /** Disturbed on order; absent while none was. */
  readonly faults?: number
  /** Absent from an edge of an earlier version. */
  readonly latencySumMs?: Millis
}

/** What one backend counts; what is in flight, held and open is of this moment. */
export interface BackendCounters extends TrafficCounters {
  readonly backend: BackendId
  readonly inFlight: number
  readonly held: number
  /** The rest is absent from an edge of an earlier version. */
  readonly app?: string
  /** Of `connections`, those that are open now. */
  readonly open?: number
  /** Of each replica that the backend has now; what was refused or given up while it waited belongs to none. */
  readonly replicas?: readonly ReplicaCounters[]
}

/** A request counts once it was given to the replica. */
export interface ReplicaCounters extends TrafficCounters {
  readonly replica: ReplicaId
  readonly inFlight: number
  readonly open: number
}

export type RequestProtocol = 'http/1.0' | 'http/1.1' | 'h2' | 'grpc' | 'websocket' | 'tcp'

/** One request, or one connection that was joined to a replica, told when it has ended. Never anything of a body. */
export interface RequestRecord {
  /** `<run of the edge>.<number>`, the number counting up from 1. */
  readonly id: string
  /** When it came. */
  readonly at: Instant
  /** Absent where no route led to one. */
  readonly app?: string
  readonly component?: ComponentKey
  /** Container port. */
  readonly port?: number
  /** Absent when it was answered without one. */
  readonly replica?: ReplicaId
  /** Address of the client. */
  readonly client: string
  readonly protocol: RequestProtocol
  readonly method?: string
  readonly host?: string
  /** Without its query, which may hold what is secret. */
  readonly path?: string
  /** Of the answer; 499 when the client left before there was one. Source of that number: nginx. Absent for `tcp`. */
  readonly status?: number
  /** At the gate, for a replica. */
  readonly waitedMs: Millis
  /** From its coming to the end of its answer, or of its connection, with the wait. */
  readonly tookMs: Millis
  /** Of the bodies as sent, with the framing of chunks; of a joined connection all. */
  readonly bytesIn: number
  readonly bytesOut: number
  /** Of its `traceparent`, given or made here. */
  readonly traceId?: string
  readonly requestId?: string
  /** Why the answer is not the complete answer of a replica. */
  readonly reason?: string
}

export const LATENCY_BUCKETS_MS: readonly Millis[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]

/** Held requests per component before the next is refused with 503. Source: design, section 10. */
export const DEFAULT_MAX_HELD = 10_000
