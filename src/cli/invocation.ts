import type { LoadRequest, LoadResult, SourceFiles } from '../dialects/loading.ts'
import type { CommandOutline } from './catalogue/command-outline.ts'
import type { Client } from './client/client.ts'
import type { DaemonPlace } from './client/daemon-place.ts'
import type { Check } from './doctor/check.ts'
import type { Io } from './io.ts'
import type { Options } from './options.ts'
import type { Paint } from './render/paint.ts'
import type { TrustTools } from './trust/trust-tools.ts'

/** Settings that every command has. */
export interface Globals {
  /** A DNS label. */
  readonly environment: string
  /** Absolute project directory. */
  readonly directory: string
  /** Model files as given: absolute paths, or `-` for standard input; empty when they are to be looked for. */
  readonly files: readonly string[]
  /** Absolute paths. */
  readonly envFiles: readonly string[]
  readonly format: 'text' | 'json'
  /** Colours for standard output and standard error. */
  readonly out: Paint
  readonly err: Paint
  /** Progress may redraw lines on standard error. */
  readonly live: boolean
}

/** One call of a command: what follows its name, its own options, the global ones, and the program around it. */
export interface Invocation {
  readonly operands: readonly string[]
  readonly options: Options
  readonly globals: Globals
  readonly host: Host
  /** All commands that there are. */
  readonly commands: readonly CommandOutline[]
}

/** What the composition root supplies besides the terminal. */
export interface Host {
  readonly io: Io
  readonly place: DaemonPlace
  /** Loads and checks a model in this process. */
  readonly loadModel: (request: LoadRequest, files: SourceFiles) => Promise<LoadResult>
  /** Checks of the engines, for `doctor`. */
  readonly engineChecks: () => Promise<readonly Check[]>
  /** The local authority and what this system trusts, for `trust` and `doctor`. */
  readonly trustTools: () => Promise<TrustTools>
}

/** A command: its arguments, the world, the daemon; returns the exit code. */
export type RunCommand = (invocation: Invocation, io: Io, client: Client) => Promise<number>
