/** What a container of the suite does, in words that every engine's adapter turns into a component of its own. */
export type Program =
  /** Answers HTTP on its first declared port, until SIGTERM. */
  | { readonly kind: 'serve'; readonly body?: string }
  /** Ends by itself. */
  | { readonly kind: 'exit'; readonly code: number; readonly afterMs?: number }
  /** Runs until it is ended: by SIGTERM as a rule, not at all, or with exit code 0. Prints `say` once it can be told to end. */
  | { readonly kind: 'stay'; readonly onTerm?: 'ignore' | 'exit-0'; readonly say?: string }
  /** Writes these pieces of text as they are, then ends with 0 or stays. */
  | { readonly kind: 'print'; readonly out?: readonly string[]; readonly err?: readonly string[]; readonly end: 'exit' | 'stay' }

export interface SuiteContainer {
  readonly name: string
  readonly program: Program
  /** Container ports. */
  readonly ports?: readonly number[]
}

/** A component of the suite; the first container is the application. */
export interface SuiteComponent {
  readonly name: string
  /** Different content has a different hash. */
  readonly hash?: string
  readonly ordinal?: number
  readonly restartToken?: number
  readonly containers: readonly SuiteContainer[]
  readonly initContainers?: readonly SuiteContainer[]
}

/** A component with one container. */
export function oneContainer(name: string, program: Program, ports: readonly number[] = []): SuiteComponent {
  return { name, containers: [{ name, program, ports }] }
}
