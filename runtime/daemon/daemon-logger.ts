import type { Clock } from '../../src/kernel/clock.ts'
import { formatInstant } from '../../src/kernel/instant.ts'
import type { LogFields, Logger, LogLevel } from '../../src/kernel/logger.ts'

export interface DaemonLoggerOptions {
  readonly clock: Clock
  /** Takes one JSON line. */
  readonly write: (line: string) => void
  /** `MINIPAAS_DEBUG`: areas (the field `area`) whose debug lines are kept, separated by commas; `*` means all. */
  readonly debug: string
}

/** A logger that writes one JSON object a line; debug lines of areas that nobody asked for cost one comparison. */
export function createDaemonLogger({ clock, write, debug }: DaemonLoggerOptions): Logger {
  const areas = new Set(debug.split(/[\s,]+/).filter((area) => area !== ''))
  const isWanted = (level: LogLevel, area: unknown): boolean =>
    level !== 'debug' || (areas.size > 0 && (areas.has('*') || (typeof area === 'string' && areas.has(area))))

  const withFields = (fixed: LogFields): Logger => ({
    log(level, message, fields) {
      if (!isWanted(level, fields?.area ?? fixed.area)) return
      write(JSON.stringify({ at: formatInstant(clock.now()), level, message, ...fixed, ...fields }))
    },
    with: (fields) => withFields({ ...fixed, ...fields }),
  })
  return withFields({})
}
