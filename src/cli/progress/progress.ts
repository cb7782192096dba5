import type { Io } from '../io.ts'
import type { Paint } from '../render/paint.ts'
import type { Line, ProgressBoard } from './board.ts'
import { LiveProgress } from './live.ts'
import { PlainProgress } from './plain.ts'

/** Shows a board on standard error, and lets other text pass without spoiling it. */
export interface Progress {
  /** Lines of the board changed. */
  changed(lines: readonly Line[]): void
  /** Writes data to standard output. */
  data(text: string): void
  /** Writes a status line to standard error. */
  message(text: string): void
  /** Leaves what is shown and shows no more; text still passes. */
  close(): void
}

export interface ProgressStyle {
  readonly io: Io
  readonly board: ProgressBoard
  readonly paint: Paint
  readonly live: boolean
}

export function createProgress(style: ProgressStyle): Progress {
  return style.live ? new LiveProgress(style) : new PlainProgress(style)
}

/** Says nothing about the board: `--format json` reports by itself. */
export function silentProgress(io: Io): Progress {
  return {
    changed: () => {},
    data: (text) => io.stdout.write(text),
    message: (text) => io.stderr.write(text),
    close: () => {},
  }
}
