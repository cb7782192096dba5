import type { Io } from '../io.ts'
import type { Paint } from '../render/paint.ts'
import type { Line } from './board.ts'

/** One line for each transition: for pipes, files and CI. */
export class PlainProgress {
  readonly #io: Io
  readonly #paint: Paint
  #open = true

  constructor(style: { readonly io: Io; readonly paint: Paint }) {
    this.#io = style.io
    this.#paint = style.paint
  }

  changed(lines: readonly Line[]): void {
    if (!this.#open) return
    for (const line of lines) this.#io.stderr.write(`${line.name}: ${line.state === 'failed' ? this.#paint.red(line.text) : line.text}\n`)
  }

  data(text: string): void {
    this.#io.stdout.write(text)
  }

  message(text: string): void {
    this.#io.stderr.write(text)
  }

  close(): void {
    this.#open = false
  }
}
