import type { Code } from '../kernel/diagnostic.ts'
import type { Instant } from '../kernel/instant.ts'
import type { ComponentKey, ReplicaId } from '../model/names.ts'
import type { ContainerRole } from '../model/observed.ts'
import type { ShownDiagnostic } from './events.ts'

/** An accepted command: its effect is visible in events and views from this sequence number on. */
export interface Accepted {
  readonly seq: number
  readonly diagnostics: readonly ShownDiagnostic[]
}

export interface ApplyAnswer extends Accepted {
  readonly environment: string
  readonly engine: string
  /** Why this engine, when `auto` chose it. */
  readonly engineReason: string
  readonly applications: readonly { readonly name: string; readonly namespace: string; readonly components: readonly ComponentKey[] }[]
}

/** Any refusal. HTTP status tells the class: 400/422 the user's, 404 unknown name, 409 conflict, 503 the world's, 500 ours. */
export interface Refusal {
  readonly error: {
    readonly code: Code
    readonly message: string
    readonly next?: string
    readonly diagnostics?: readonly ShownDiagnostic[]
  }
}

/** What happens to one image while `pull` or `build` runs; the last one of each image is final. */
export interface ImageRecord {
  readonly ref: string
  readonly components: readonly ComponentKey[]
  readonly state: 'working' | 'done' | 'failed' | 'skipped'
  readonly text: string
  /** Of `failed`; not called `error`, which is the last frame of a stream that failed. */
  readonly failure?: Refusal['error']
}

/** One line of the log stream. */
export interface LogRecord {
  readonly at: Instant
  readonly app: string
  readonly component: ComponentKey
  readonly replica: ReplicaId
  readonly ordinal: number
  readonly container: string
  readonly source: 'app' | 'init' | 'sidecar' | 'platform'
  readonly stream: 'out' | 'err'
  readonly text: string
}

/** Channel bytes of binary frames on an exec socket. */
export const EXEC_CHANNEL = { stdin: 0, stdout: 1, stderr: 2 } as const

/** Bytes that a client may send on an exec or forward socket beyond those that were taken: a daemon keeps no more in memory for it. */
export const SEND_WINDOW_BYTES = 1024 * 1024

/** From the daemon, now and then: so many bytes of the client's have been passed on since the last time. */
export interface Taken {
  readonly type: 'taken'
  readonly bytes: number
}

/** Text frames on an exec socket after the request. */
export type ExecControl =
  | Taken
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'signal'; readonly name: string }
  | { readonly type: 'end-input' }
  | { readonly type: 'exit'; readonly code: number }
  | { readonly type: 'failed'; readonly error: Refusal['error'] }

/** Text frames on a forward socket; everything else is bytes of the connection. */
export type ForwardControl =
  /** Nothing more comes from this side; the other may go on. */
  { readonly type: 'end' } | Taken | { readonly type: 'failed'; readonly error: Refusal['error'] }

/** The replica that a connection to a port would reach now. */
export interface ForwardAnswer {
  readonly component: ComponentKey
  readonly replica: ReplicaId
  readonly ordinal: number
  readonly port: number
}

/** Containers that were sent a signal. */
export interface KillAnswer {
  readonly signalled: readonly ReplicaContainer[]
}

/** A container of a replica, as people name it. */
export interface ReplicaContainer {
  readonly component: ComponentKey
  readonly replica: ReplicaId
  readonly ordinal: number
  readonly container: string
  readonly role: ContainerRole
}

/** Processes of one container; titles and cells are the engine's. */
export interface ContainerProcesses extends ReplicaContainer {
  readonly titles: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What a replica uses. */
export interface ReplicaUsage {
  readonly component: ComponentKey
  readonly replica: ReplicaId
  readonly ordinal: number
  /** Cores, over the time since the last question. */
  readonly cpu: number
  readonly memoryBytes: number
}

/** What a daemon leaves for clients to find (`daemon.json`, mode 0600). */
export interface Discovery {
  readonly version: string
  readonly pid: number
  /** Start identity of the process, so that a recycled pid is not taken for the daemon. */
  readonly startTime: string
  readonly port: number
  readonly token: string
  readonly instance: string
}

export const EXIT_CODES = {
  ok: 0,
  failed: 1,
  usage: 2,
  model: 3,
  engine: 4,
  notRunning: 7,
  timeout: 17,
  componentFailed: 18,
  interrupted: 130,
} as const
