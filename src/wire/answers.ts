import type { Code } from '../kernel/diagnostic.ts'
import type { Instant } from '../kernel/instant.ts'
import type { ComponentKey, ReplicaId } from '../model/names.ts'
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

/** Text frames on an exec socket after the request. */
export type ExecControl =
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'signal'; readonly name: string }
  | { readonly type: 'end-input' }
  | { readonly type: 'exit'; readonly code: number }
  | { readonly type: 'failed'; readonly error: Refusal['error'] }

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
