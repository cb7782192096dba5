import type { LoadReport } from '../../wire/load.ts'
import type { Globals } from '../invocation.ts'
import type { Io } from '../io.ts'
import { renderLoadBlock, renderLoadLine, renderLoadSummary } from '../render/load.ts'
import { clip } from '../render/table.ts'

const ESC = String.fromCharCode(27)

/** Shows a load while it goes on: a block that is drawn again where lines may be redrawn, else a line a second; the summary on standard output. */
export class LoadDisplay {
  readonly #io: Io
  readonly #globals: Globals
  #drawn = 0

  constructor(io: Io, globals: Globals) {
    this.#io = io
    this.#globals = globals
  }

  show(report: LoadReport): void {
    const { format, live, out, err } = this.#globals
    const { stdout, stderr } = this.#io
    if (format === 'json') stdout.write(`${JSON.stringify(report)}\n`)
    else if (report.type === 'summary') {
      stderr.write(this.#redraw([]))
      stdout.write(renderLoadSummary(report, out))
    } else if (live) stderr.write(this.#redraw(renderLoadBlock(report, err).map((line) => clip(line, Math.max(20, stderr.columns - 1)))))
    else stderr.write(err.dim(renderLoadLine(report)))
  }

  #redraw(lines: readonly string[]): string {
    const back = this.#drawn > 0 ? `${ESC}[${this.#drawn}A${ESC}[0J` : ''
    this.#drawn = lines.length
    return `${back}${lines.map((line) => `${line}\n`).join('')}`
  }
}
