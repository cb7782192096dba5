import { StringDecoder } from 'node:string_decoder'
import type { LogFields, Logger, LogLevel } from '../../../src/kernel/logger.ts'

/** Lines kept for an error message. */
const KEPT_LINES = 10
/** A line without an end is taken as one at this length. */
const MAX_LINE = 16_384
const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'] satisfies LogLevel[]

/** What a program of the house writes to its standard error, line by line, to the log of its daemon. */
export class ProgramLog {
  readonly #logger: Logger
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''
  #last: string[] = []

  constructor(logger: Logger) {
    this.#logger = logger
  }

  get lastWords(): string {
    return this.#last.join('\n')
  }

  push(data: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(data)).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > MAX_LINE) lines.push(this.#rest)
    if (this.#rest.length > MAX_LINE) this.#rest = ''
    for (const line of lines) this.#say(line)
  }

  end(): void {
    this.#say(this.#rest)
    this.#rest = ''
  }

  #say(line: string): void {
    if (line.trim() === '') return
    const { level, message, fields } = readEntry(line)
    this.#last = [...this.#last, message].slice(-KEPT_LINES)
    this.#logger.log(level, message, fields)
  }
}

interface Entry {
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

/** Our programs write one JSON object a line; anything else comes from Node itself, and is a complaint. */
function readEntry(line: string): Entry {
  try {
    const { at: _at, level, message, ...fields } = JSON.parse(line) as { readonly [name: string]: unknown }
    if (isLevel(level) && typeof message === 'string') return { level, message, fields: plainFields(fields) }
  } catch {
    // Not one of its entries.
  }
  return { level: 'warn', message: line, fields: {} }
}

function isLevel(value: unknown): value is LogLevel {
  return typeof value === 'string' && LEVELS.includes(value)
}

function plainFields(fields: Readonly<Record<string, unknown>>): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'number' || typeof value === 'boolean' ? value : String(value)]),
  )
}
