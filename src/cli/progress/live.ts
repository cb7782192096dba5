import { formatDuration } from '../../kernel/duration.ts'
import { after, type Instant } from '../../kernel/instant.ts'
import type { Io } from '../io.ts'
import type { Paint } from '../render/paint.ts'
import { clip, pad, width } from '../render/table.ts'
import type { Line, ProgressBoard } from './board.ts'

const REDRAW_MS = 100
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const ESC = String.fromCharCode(27)

/** Redraws a block of lines on a terminal; other text goes above it. */
export class LiveProgress {
  readonly #io: Io
  readonly #board: ProgressBoard
  readonly #paint: Paint
  #drawn = 0
  #frame = 0
  #timer: Disposable | undefined
  #open = true

  constructor(style: { readonly io: Io; readonly board: ProgressBoard; readonly paint: Paint }) {
    this.#io = style.io
    this.#board = style.board
    this.#paint = style.paint
    this.#tick()
  }

  changed(): void {
    if (this.#open) this.#draw()
  }

  data(text: string): void {
    this.#above(() => this.#io.stdout.write(text))
  }

  message(text: string): void {
    this.#above(() => this.#io.stderr.write(text))
  }

  close(): void {
    if (!this.#open) return
    this.#draw()
    this.#open = false
    this.#drawn = 0
    this.#timer?.[Symbol.dispose]()
  }

  #tick(): void {
    this.#timer = this.#io.clock.at(after(this.#io.clock.now(), REDRAW_MS), () => {
      this.#frame++
      this.#draw()
      this.#tick()
    })
  }

  #above(write: () => void): void {
    this.#erase()
    write()
    if (this.#open) this.#draw()
  }

  #erase(): void {
    if (this.#drawn > 0) this.#io.stderr.write(`${ESC}[${this.#drawn}A${ESC}[0J`)
    this.#drawn = 0
  }

  #draw(): void {
    const lines = this.#render()
    const back = this.#drawn > 0 ? `${ESC}[${this.#drawn}A${ESC}[0J` : ''
    this.#io.stderr.write(`${back}${lines.map((line) => `${line}\n`).join('')}`)
    this.#drawn = lines.length
  }

  #render(): readonly string[] {
    const { lines, title } = this.#board
    const columns = Math.max(20, this.#io.stderr.columns - 1)
    const done = lines.filter((line) => line.state === 'done').length
    const names = Math.max(0, ...lines.map((line) => width(line.name)))
    const now = this.#io.clock.now()
    const head = `[+] ${title} ${done}/${lines.length}`
    return [
      done === lines.length ? this.#paint.blue(head) : head,
      ...this.#visible().map((line) => this.#line(line, { columns, names, now })),
    ]
  }

  /** What is unfinished comes first when the terminal is too low for all. */
  #visible(): readonly Line[] {
    const { lines } = this.#board
    const room = Math.max(3, this.#io.stderr.rows - 3)
    if (lines.length <= room) return lines
    const open = lines.filter((line) => line.state !== 'done')
    return [...open, ...lines.filter((line) => line.state === 'done')].slice(0, room)
  }

  #line(line: Line, layout: { readonly columns: number; readonly names: number; readonly now: Instant }): string {
    const elapsed = formatDuration(Math.max(0, (line.endedAt ?? layout.now) - line.startedAt))
    const left = ` ${this.#mark(line)} ${pad(line.name, layout.names)}  `
    const room = layout.columns - width(left) - elapsed.length - 1
    const text = pad(clip(line.text, Math.max(1, room)), room)
    return `${left}${this.#tint(line, text)} ${this.#paint.dim(elapsed)}`
  }

  #mark(line: Line): string {
    if (line.state === 'done') return this.#paint.green('✔')
    if (line.state === 'failed') return this.#paint.red('✘')
    return line.state === 'waiting' ? this.#paint.dim('·') : this.#paint.yellow(FRAMES[this.#frame % FRAMES.length] ?? '·')
  }

  #tint(line: Line, text: string): string {
    if (line.state === 'done') return this.#paint.green(text)
    if (line.state === 'failed') return this.#paint.red(text)
    return line.state === 'waiting' ? this.#paint.dim(text) : text
  }
}
