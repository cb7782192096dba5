import { dirname } from 'node:path'
import type { Environments } from '../../src/control/environment-control.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { formatInstant } from '../../src/kernel/instant.ts'
import type { Logger } from '../../src/kernel/logger.ts'
import { createCappedFile } from '../state/capped-file.ts'
import type { HomePaths } from '../state/home.ts'
import { createDaemonLogger } from './daemon-logger.ts'
import { describeError, dumpState } from './state-dump.ts'

const LOG_BYTES = 4 * 1024 * 1024
const LOG_DELAY_MS = 50

export interface JournalOptions {
  readonly home: HomePaths
  readonly clock: Clock
  readonly version: string
  /** `MINIPAAS_DEBUG`. */
  readonly debug: string
}

/** The daemon's own log file and what is written when something of ours fails. */
export interface Journal {
  readonly logger: Logger
  /** Logs an error of ours with a dump of the state; answers where the dump is. */
  report(error: unknown, during: string, environments: Environments | undefined): string
  flush(): Promise<void>
  flushNow(): void
}

export function openJournal({ home, clock, version, debug }: JournalOptions): Journal {
  // A log that cannot be written has nowhere to say so but the output that the launcher keeps.
  const onError = (error: unknown): void =>
    void process.stderr.write(`minipaas daemon: the log cannot be written: ${describeError(error)}\n`)
  const file = createCappedFile({ path: home.log, maxBytes: LOG_BYTES, clock, delayMs: LOG_DELAY_MS, onError })
  const logger = createDaemonLogger({ clock, write: file.append, debug })
  return {
    logger,
    report(error, during, environments) {
      const at = formatInstant(clock.now())
      const dump = dumpState({ folder: dirname(home.log), version, at, error, during, environments })
      logger.log('error', 'something of minipaas failed', { code: 'MP9001', during, error: describeError(error), dump })
      return dump
    },
    flush: file.flush,
    flushNow: file.flushNow,
  }
}
