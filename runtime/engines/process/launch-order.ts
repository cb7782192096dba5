/** What to start and where its output and its exit code go. */
export interface LaunchOrder {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly environment: ReadonlyMap<string, string>
  /** Output goes to these files, not to pipes: it must not depend on who reads it, nor on the daemon. */
  readonly out: string
  readonly err: string
  /** Gets the exit code when the process ends, with or without a daemon. */
  readonly exitFile: string
}

/** How a process is started on this platform: what to spawn, and whether the exit file writes itself. */
export interface SpawnCall {
  readonly file: string
  readonly argv0?: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly exitFile: 'by-shim' | 'by-parent'
}
