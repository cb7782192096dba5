import type { Instant, Millis } from '../kernel/instant.ts'
import type { FilePush, Revision } from './desired.ts'
import type { EdgeMessage, EdgeTable, ToEdge } from './edge.ts'
import type { MeterMessage, ToMeters } from './meter.ts'
import type { ComponentKey, ReplicaId } from './names.ts'
import type { EngineHealth, Observed } from './observed.ts'
import type { EnvVar, ImageRef } from './pod.ts'
import type { SidecarLaunch } from './sidecar.ts'

/** One environment: its network, its edge, its control core. `instance` is the daemon that started it, for information. */
export interface Owner {
  readonly environment: string
  readonly instance: string
}

/** A replica's name is unique in its environment only. */
export interface ReplicaRef {
  readonly owner: Owner
  readonly id: ReplicaId
}

/** A container's environment with every reference resolved; held in memory only, never written or logged. */
export type ResolvedEnv = ReadonlyMap<string, string>

/** Everything an engine needs to start a replica. Values of secrets come through functions and must not be kept. */
export interface ReplicaSpec {
  readonly ref: ReplicaRef
  readonly app: string
  readonly revision: Revision
  readonly ordinal: number
  readonly restartToken: number
  readonly sidecars: readonly SidecarLaunch[]
  readonly network: string
  /** The final environment of one container by its name: references resolved, addresses rewritten for this engine. */
  readonly environmentOf: (container: string) => ResolvedEnv
  /** Content of a config map or secret volume by path; undefined when the object does not exist. */
  readonly filesOf: (source: { readonly kind: 'config' | 'secret'; readonly name: string }) => ReadonlyMap<string, string> | undefined
}

export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** "Something about this replica (or anything) changed": a reason to observe, never a fact. */
export interface Hint {
  readonly replica?: ReplicaId
}

export type LogStream = 'out' | 'err'

export interface LogLine {
  readonly at: Instant
  readonly replica: ReplicaId
  readonly container: string
  readonly source: 'app' | 'init' | 'sidecar' | 'platform'
  readonly stream: LogStream
  readonly text: string
}

export interface LogOptions {
  readonly follow: boolean
  /** Only lines at or after this time. */
  readonly since?: Instant
  /** At most this many of the last lines before following. */
  readonly tail?: number
  readonly container?: string
}

/**
 * Where replicas run. All verbs may be repeated: creating what exists is success, ending what is gone is success.
 * A verb that cannot be done throws a `FaultError`. Absent facets mean "not supported", known before planning.
 */
export interface Engine {
  readonly name: 'docker' | 'process' | 'memory' | (string & {})
  /** Ordinals and sandboxes: `true` where a sandbox outlives the revision of its ordinal. */
  readonly traits: EngineTraits
  probe(signal: AbortSignal): Promise<EngineHealth>
  observe(owner: Owner, signal: AbortSignal): Promise<Observed>
  hints(owner: Owner, signal: AbortSignal): AsyncIterable<Hint>
  /** Runs init containers one after the other, then starts the containers; returns when all are started (not ready). */
  startReplica(spec: ReplicaSpec, signal: AbortSignal): Promise<void>
  /** Ends one container if it runs (preStop, SIGTERM, grace, SIGKILL) and starts it again in place. */
  restartApp(spec: ReplicaSpec, options: { readonly container: string; readonly graceMs: Millis }, signal: AbortSignal): Promise<void>
  /** Ends all containers (preStop, SIGTERM, grace, SIGKILL); the replica stays observable as exited. */
  stopReplica(of: ReplicaRef, graceMs: Millis, signal: AbortSignal): Promise<void>
  /** Forgets the replica with its files; ends what still runs at once. */
  removeReplica(of: ReplicaRef, signal: AbortSignal): Promise<void>
  /** The address of a container port as the edge sees it; undefined while the replica is not started. */
  endpoint(of: ReplicaRef, port: number): Promise<Endpoint | undefined>
  logs(of: ReplicaRef, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine>
  /** Everything of an environment that is not a replica or a volume: removed when its last application is gone. */
  removeEnvironment(owner: Owner, signal: AbortSignal): Promise<void>
  /** Names of the environments that have anything on this engine, for `ls` and for adoption. */
  environments(signal: AbortSignal): Promise<readonly string[]>
  readonly edge: EdgeHost
  readonly meters?: MeterHost
  readonly networks?: NetworkFacet
  readonly volumes?: VolumeFacet
  readonly images?: ImageFacet
  readonly sandboxes?: SandboxFacet
  readonly exec?: ExecFacet
  readonly freezer?: FreezeFacet
  readonly files?: FileFacet
  readonly sidecars?: SidecarFacet
  readonly stats?: StatsFacet
  readonly copy?: CopyFacet
  readonly processes?: ProcessesFacet
  readonly connections?: ConnectionsFacet
}

export interface EngineTraits {
  /** Service names resolve inside replicas (docker); otherwise environment values are rewritten to loopback ports (process). */
  readonly serviceNames: 'resolved' | 'rewritten'
  /** Images are run; otherwise a container needs a `process` form. */
  readonly runs: 'images' | 'processes' | 'anything'
  /** Time may be virtual. */
  readonly virtualTime: boolean
}

export interface NetworkFacet {
  ensure(name: string, owner: Owner, signal: AbortSignal): Promise<void>
  remove(name: string, owner: Owner, signal: AbortSignal): Promise<void>
}

export interface VolumeFacet {
  ensure(name: string, owner: Owner, signal: AbortSignal): Promise<void>
  remove(name: string, owner: Owner, signal: AbortSignal): Promise<void>
}

export interface ImageFacet {
  has(ref: string, signal: AbortSignal): Promise<boolean>
  /** Progress in bytes. Aborting ends the pull. */
  pull(ref: string, progress: (done: number, total: number) => void, signal: AbortSignal): Promise<void>
  /** Builds the image under its reference; `log` gets one line for each step and now and then one of its output. Aborting ends the build. */
  build(order: BuildOrder, log: (line: string) => void, signal: AbortSignal): Promise<void>
  /** Removes what was built here under this reference, earlier builds included; an image that came from elsewhere, or that others use, stays. */
  remove(ref: string, signal: AbortSignal): Promise<void>
}

export interface BuildOrder {
  readonly image: Extract<ImageRef, { from: 'build' }>
  /** Every step is run again. */
  readonly noCache?: boolean
  /** Newer versions of the images it is based on are looked for. */
  readonly freshBases?: boolean
}

export interface SandboxFacet {
  prepare(
    owner: Owner,
    of: { readonly component: ComponentKey; readonly ordinal: number; readonly revision: Revision },
    signal: AbortSignal,
  ): Promise<void>
  remove(owner: Owner, of: { readonly component: ComponentKey; readonly ordinal: number }, signal: AbortSignal): Promise<void>
}

export interface ExecOptions {
  readonly container?: string
  readonly command: readonly string[]
  readonly env?: readonly EnvVar[]
  readonly tty?: { readonly columns: number; readonly rows: number }
  readonly workdir?: string
}

/** A command that runs: bytes in, bytes out, one exit code. Ending the session ends the command. */
export interface ExecSession {
  readonly output: AsyncIterable<{ readonly stream: LogStream; readonly data: Uint8Array }>
  /** A promise asks the caller to wait with more until it resolves. */
  write(data: Uint8Array): void | Promise<void>
  endInput(): void
  resize(columns: number, rows: number): void
  kill(signal: string): void
  readonly exitCode: Promise<number>
}

export interface ExecFacet {
  /** In a running replica. */
  exec(of: ReplicaRef, options: ExecOptions, signal: AbortSignal): Promise<ExecSession>
  /** In a fresh, unrouted copy of the component that ends with the command (`minipaas run`). An empty command is the component's own. */
  run(spec: ReplicaSpec, options: ExecOptions, signal: AbortSignal): Promise<ExecSession>
}

export interface FreezeFacet {
  freeze(of: ReplicaRef, signal: AbortSignal): Promise<void>
  thaw(of: ReplicaRef, signal: AbortSignal): Promise<void>
}

export interface FileFacet {
  push(of: ReplicaRef, push: FilePush, signal: AbortSignal): Promise<void>
}

export interface SidecarFacet {
  restart(spec: ReplicaSpec, sidecar: string, signal: AbortSignal): Promise<void>
}

export interface StatsFacet {
  /** cpu in cores over the last interval, memory in bytes. */
  read(of: ReplicaRef, signal: AbortSignal): Promise<{ readonly cpu: number; readonly memoryBytes: number }>
}

export interface ContainerPath {
  /** The application container when absent. */
  readonly container?: string
  /** Absolute, inside the container. */
  readonly path: string
}

/** Files in and out of a container as tar archives. */
export interface CopyFacet {
  /** The file or directory under its own name. A path that does not exist is a `not-found` fault. */
  read(of: ReplicaRef, from: ContainerPath, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
  /** Unpacks into a directory that exists. */
  write(of: ReplicaRef, to: ContainerPath, archive: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>
}

export interface ProcessTable {
  /** `UID`, `PID`, `CMD`, ... as the engine names them. */
  readonly titles: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export interface ProcessesFacet {
  list(of: ReplicaRef, container: string | undefined, signal: AbortSignal): Promise<ProcessTable>
  /** Sends a signal such as `SIGHUP` to the first process of a container. */
  kill(of: ReplicaRef, options: { readonly container?: string; readonly signal: string }, signal: AbortSignal): Promise<void>
}

/** Bytes both ways. The iterable ends when the other side has closed. */
export interface ByteStream {
  readonly output: AsyncIterable<Uint8Array>
  /** A promise asks the caller to wait with more until it resolves. */
  write(data: Uint8Array): void | Promise<void>
  end(): void
  close(): void
}

export interface ConnectionsFacet {
  /** Opens a TCP connection to a port of the replica, from inside its network. */
  connect(of: ReplicaRef, port: number, signal: AbortSignal): Promise<ByteStream>
}

/** Where the edge of an environment runs, and the only way to talk to it. */
export interface EdgeHost {
  /**
   * Starts the edge if it is not there and opens a channel; an edge that runs keeps its listeners and its last table. `expects` is the
   * table that will be sent first, where it is known: an engine that cannot publish ports later makes the edge with those of it.
   */
  attach(owner: Owner, signal: AbortSignal, expects?: EdgeTable): Promise<EdgeChannel>
  /** The pid or container, for `status`; undefined when there is none. */
  describe(owner: Owner, signal: AbortSignal): Promise<string | undefined>
}

/** Framed messages both ways. The iterable ends when the edge goes away or the channel is closed. */
export interface EdgeChannel {
  send(message: ToEdge): void
  readonly messages: AsyncIterable<EdgeMessage>
  close(): void
}

/** Where the program runs that reads triggers of an environment: inside it, so that names mean what they mean to replicas. */
export interface MeterHost {
  /** Starts the program if it is not there and opens a channel. It ends when nobody is attached for a while. */
  attach(owner: Owner, signal: AbortSignal): Promise<MeterChannel>
  /** Ends the program. */
  remove(owner: Owner, signal: AbortSignal): Promise<void>
}

/** Framed messages both ways. The iterable ends when the program goes away or the channel is closed. */
export interface MeterChannel {
  send(message: ToMeters): void
  readonly messages: AsyncIterable<MeterMessage>
  close(): void
}
