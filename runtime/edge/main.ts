import { AlreadyRunningError } from './control-server.ts'
import { dial } from './dial.ts'
import { JsonLog } from './json-log.ts'
import { runEdge } from './program.ts'
import { readSettings, type Settings, USAGE } from './settings.ts'
import { SystemClock } from './system-clock.ts'

/** Exit codes: 2 wrong arguments, 3 another edge serves this directory, 1 anything unexpected. */
const WRONG_ARGUMENTS = 2
const ALREADY_RUNNING = 3

function serve(settings: Settings): void {
  const clock = new SystemClock()
  const log = new JsonLog((line) => process.stderr.write(line), clock, { environment: settings.environment })
  const die = (error: unknown): void => {
    log.log('error', 'the edge ends because of an unexpected error', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
    process.exit(error instanceof AlreadyRunningError ? ALREADY_RUNNING : 1)
  }
  process.on('uncaughtException', die)
  process.on('unhandledRejection', die)
  process.stderr.on('error', () => {})
  runEdge(settings, { clock, log }).catch(die)
}

function main(): void {
  const settings = readSettings(process.argv.slice(2))
  if (settings === undefined) {
    process.stderr.write(USAGE)
    process.exitCode = WRONG_ARGUMENTS
  } else if ('dial' in settings) {
    const streams = { input: process.stdin, output: process.stdout, errors: process.stderr }
    void dial(settings.dial, streams).then((code) => process.exit(code))
  } else {
    serve(settings)
  }
}

main()
