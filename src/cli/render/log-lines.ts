import { formatInstant, type Instant } from '../../kernel/instant.ts'
import type { LogRecord } from '../../wire/answers.ts'
import type { Paint } from './paint.ts'
import { pad, width } from './table.ts'

const CYCLE = [
  'cyan',
  'yellow',
  'green',
  'magenta',
  'blue',
  'cyanBright',
  'yellowBright',
  'greenBright',
  'magentaBright',
  'blueBright',
] as const satisfies readonly (keyof Paint)[]

export interface LogStyle {
  readonly paint: Paint
  readonly prefix: 'names' | 'none'
  readonly timestamps: 'shown' | 'hidden'
}

/** Turns log records into lines `name-ordinal | text`; each name keeps its colour, the column only widens. */
export class LogLines {
  readonly #style: LogStyle
  readonly #colours = new Map<string, (typeof CYCLE)[number]>()
  #width = 0

  constructor(style: LogStyle) {
    this.#style = style
  }

  /** Names that will come: the column starts wide enough for them. */
  expect(names: Iterable<string>): void {
    for (const name of names) this.#width = Math.max(this.#width, width(name))
  }

  format(record: LogRecord): string {
    return this.formatNamed(logName(record), record)
  }

  /** A line under another name than that of the replica that printed it. */
  formatNamed(name: string, line: { readonly at: Instant; readonly component: string; readonly text: string }): string {
    const { paint, prefix, timestamps } = this.#style
    const time = timestamps === 'shown' ? `${paint.dim(formatInstant(line.at))} ` : ''
    return `${prefix === 'names' ? this.#prefixOf(name, line.component) : ''}${time}${line.text}\n`
  }

  #prefixOf(name: string, component: string): string {
    this.expect([name])
    return this.#style.paint[this.#colourOf(component)](`${pad(name, this.#width)} | `)
  }

  #colourOf(component: string): (typeof CYCLE)[number] {
    const known = this.#colours.get(component)
    if (known !== undefined) return known
    const colour = CYCLE[this.#colours.size % CYCLE.length] ?? 'cyan'
    this.#colours.set(component, colour)
    return colour
  }
}

/** `web-0`, with the container's name for what is not the application itself. */
function logName(record: Pick<LogRecord, 'component' | 'ordinal' | 'container' | 'source'>): string {
  const name = `${record.component}-${record.ordinal}`
  return record.source === 'app' ? name : `${name}/${record.container}`
}

/** Output of sidecars is shown only when their container is asked for. */
export function isShown(record: LogRecord, container: string | undefined): boolean {
  return record.source !== 'sidecar' || container !== undefined
}
