import type { Clock } from '../kernel/clock.ts'

/** A place to write text or bytes to. */
export interface Output {
  write(data: string | Uint8Array): void
  /** Resolves when whoever reads has kept up; at once while little waits. For those who write without end. */
  written(): Promise<void>
  readonly isTTY: boolean
  readonly columns: number
  readonly rows: number
}

/** What a person or a pipe sends. */
export interface Input {
  readonly isTTY: boolean
  /** All of it as text. */
  text(): Promise<string>
  /** The bytes as they come; ends with the input or when the signal aborts. */
  bytes(signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Hands keys over one by one instead of line by line, until disposed. */
  raw(): Disposable
}

export type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** Everything outside that a command may touch; tests pass their own. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly stdin: Input
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly clock: Clock
  /** Calls back for each request to stop, instead of ending the process, until disposed. */
  onInterrupt(listener: (signal: Interrupt) => void): Disposable
  /** Calls back when the terminal's size changes, until disposed. */
  onResize(listener: () => void): Disposable
  /** A name that no other client uses. */
  uniqueName(): string
}
