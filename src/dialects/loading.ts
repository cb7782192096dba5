import type { Diagnostic, Origin } from '../kernel/diagnostic.ts'
import type { Outcome } from '../kernel/outcome.ts'
import type { AppModel, SecretValues } from '../model/app-model.ts'

/** What a loader may read of the user's machine; adapters implement it. Paths are absolute. */
export interface SourceFiles {
  /** The text of a file (UTF-8), or undefined when there is none. */
  readText(path: string): Promise<string | undefined>
  /** The entries of a directory, or undefined when there is none. */
  list(path: string): Promise<readonly { readonly name: string; readonly directory: boolean }[] | undefined>
}

export interface LoadRequest {
  /** Model files or directories by absolute path, or text from standard input. They concatenate, they never merge. */
  readonly files: readonly ({ readonly path: string } | { readonly stdin: string })[]
  /** Absolute project directory: relative paths of the overlay start at the overlay's own directory. */
  readonly directory: string
  /** Absolute path of the overlay; absent means `minipaas.yaml` in the directory, when it exists. */
  readonly overlay?: string
  readonly envFiles: readonly string[]
  /** Values for `${NAME}` in the overlay. */
  readonly environment: Readonly<Record<string, string>>
  /** Known but not simulated types are errors. */
  readonly strict: boolean
}

/** What a load produced. Secret values stay apart from the models. */
export interface Loaded {
  readonly applications: readonly AppModel[]
  readonly secrets: SecretValues
}

/** A diagnostic with line, column and an excerpt in which secret values are masked. */
export interface LocatedDiagnostic extends Diagnostic {
  readonly line?: number
  readonly column?: number
  readonly excerpt?: string
  readonly related?: readonly { readonly message: string; readonly origin: Origin; readonly line?: number; readonly column?: number }[]
}

export interface LoadResult {
  readonly outcome: Outcome<Loaded>
  /** The outcome's diagnostics, located in the texts that were read. */
  readonly shown: readonly LocatedDiagnostic[]
  /** Absolute paths whose change can change the result. */
  readonly watched: readonly string[]
  /** Line and column of an origin in the texts that were read. */
  readonly locate: (origin: Origin) => { readonly line: number; readonly column: number } | undefined
}
