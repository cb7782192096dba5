import { format } from 'node:util'
import { JsonLog } from './json-log.ts'
import { runMeters } from './program.ts'
import { READERS } from './reader-index.ts'
import { SystemClock } from './system-clock.ts'

const USAGE = 'usage: meters --stdio\n'

/** Exit codes: 0 told to end or its input ended, 2 wrong arguments. */
const WRONG_ARGUMENTS = 2

function serve(): void {
  const clock = new SystemClock()
  const log = new JsonLog((line) => process.stderr.write(line), clock)
  const failed = (error: unknown): void => {
    log.log('error', 'an unexpected error in the meters', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
  }
  // What a client library throws between two questions costs one reading, not the readings of every trigger.
  process.on('uncaughtException', failed)
  process.on('unhandledRejection', failed)
  process.removeAllListeners('warning').on('warning', ({ message }) => log.log('warn', message))
  process.stderr.on('error', () => {})
  // Whoever asked is gone.
  process.stdout.on('error', () => process.exit(0))
  // The terminal of whoever started us is not ours.
  process.on('SIGHUP', () => {})
  // Client libraries must not put a word between the frames.
  const print = (...words: unknown[]): void => log.log('info', format(...words))
  Object.assign(console, { log: print, info: print, debug: print, warn: print, error: print })
  const write = process.stdout.write.bind(process.stdout)
  runMeters({ clock, log, pid: process.pid, readers: READERS, input: process.stdin, write }).then(() => process.exit(0), failed)
}

const [argument, ...more] = process.argv.slice(2)
if (argument === '--stdio' && more.length === 0) {
  serve()
} else {
  process.stderr.write(USAGE)
  process.exitCode = WRONG_ARGUMENTS
}
