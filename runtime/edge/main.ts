import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { after, type Millis } from '../../src/kernel/instant.ts'
import type { Logger } from '../../src/kernel/logger.ts'
import { reviveGuard } from '../process-identity/guard-launch.ts'
import { ControlChannel } from './control-channel.ts'
import { AlreadyRunningError, controlSocket, expectAlone, serveControl } from './control-server.ts'
import { createEdge, type Edge } from './edge.ts'
import { JsonLog } from './json-log.ts'
import { SystemClock } from './system-clock.ts'
import { TableStore } from './table-store.ts'

const USAGE = 'usage: edge --directory <directory> --environment <name> [--control socket|stdio]\n'
/** Exit codes: 2 wrong arguments, 3 another edge serves this directory, 1 anything unexpected. */
const WRONG_ARGUMENTS = 2
const ALREADY_RUNNING = 3

/** A dead guard is noticed within this time. */
const GUARD_LOOK_MS: Millis = 3000

const clock = new SystemClock()

interface Settings {
  readonly directory: string
  readonly environment: string
  readonly control: 'socket' | 'stdio'
}

function readSettings(): Settings | undefined {
  try {
    const { values } = parseArgs({
      options: { directory: { type: 'string' }, environment: { type: 'string' }, control: { type: 'string', default: 'socket' } },
    })
    const { directory, environment, control } = values
    if (directory === undefined || environment === undefined || (control !== 'socket' && control !== 'stdio')) return undefined
    return { directory, environment, control }
  } catch {
    return undefined
  }
}

async function run(settings: Settings, log: Logger): Promise<void> {
  await mkdir(settings.directory, { recursive: true, mode: 0o700 })
  const path = controlSocket(settings.directory)
  const end = (code: number): void => {
    const removed = settings.control === 'socket' && process.platform !== 'win32' ? rm(path, { force: true }) : Promise.resolve()
    void removed.finally(() => process.exit(code))
  }
  const edge = createEdge({
    clock,
    log,
    store: new TableStore(settings.directory),
    seed: randomBytes(8).toString('hex'),
    pid: process.pid,
    onShutdown: () => end(0),
  })
  stopOnSignal(edge, log, end)
  if (settings.control === 'socket') await expectAlone(path)
  // Whoever connects is greeted with the table that is served, and replaces it.
  await edge.start()
  if (settings.control === 'socket') await serveControl(edge, path, log)
  if (settings.control === 'socket') keepGuard(settings.directory, log)
  if (settings.control === 'stdio') {
    const streams = { input: process.stdin, output: process.stdout, close: () => {} }
    new ControlChannel(edge, streams, { log, onCharge: () => {} }).takeCharge()
  }
}

/** While the daemon is away the edge is the one who notices that the guard died. */
function keepGuard(directory: string, log: Logger): void {
  clock.at(after(clock.now(), GUARD_LOOK_MS), () => {
    reviveGuard(directory, clock)
      .catch((error: unknown) => log.log('warn', 'the guard could not be started again', { error: String(error) }))
      .finally(() => keepGuard(directory, log))
  })
}

function stopOnSignal(edge: Edge, log: Logger, end: (code: number) => void): void {
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    edge.stop().then(
      () => end(0),
      (error: unknown) => {
        log.log('error', 'stopping failed', { error: String(error) })
        end(1)
      },
    )
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  // The terminal of whoever started us is not ours.
  process.on('SIGHUP', () => {})
}

function main(): void {
  const settings = readSettings()
  if (settings === undefined) {
    process.stderr.write(USAGE)
    process.exitCode = WRONG_ARGUMENTS
    return
  }
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
  run(settings, log).catch(die)
}

main()
