import type { Clock } from '../../src/kernel/clock.ts'
import { formatInstant } from '../../src/kernel/instant.ts'
import type { LogFields, Logger, LogLevel } from '../../src/kernel/logger.ts'

/** One line of JSON for each entry. */
export class JsonLog implements Logger {
  readonly #write: (line: string) => void
  readonly #clock: Clock
  readonly #fields: LogFields

  constructor(write: (line: string) => void, clock: Clock, fields: LogFields = {}) {
    this.#write = write
    this.#clock = clock
    this.#fields = fields
  }

  log(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (level === 'debug') return
    this.#write(`${JSON.stringify({ at: formatInstant(this.#clock.now()), level, message, ...this.#fields, ...fields })}\n`)
  }

  with(fields: LogFields): Logger {
    return new JsonLog(this.#write, this.#clock, { ...this.#fields, ...fields })
  }
}
