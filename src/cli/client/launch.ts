import { spawn } from 'node:child_process'
import { closeSync, type FSWatcher, fstatSync, mkdirSync, openSync, readFileSync, watch } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Clock } from '../../kernel/clock.ts'
import { after } from '../../kernel/instant.ts'
import type { Discovery } from '../../wire/answers.ts'
import { API_ROUTES } from '../../wire/api-routes.ts'
import { DAEMON_OUTPUT_FILE } from '../../wire/home.ts'
import type { Io } from '../io.ts'
import { refuse } from '../refusal-error.ts'
import type { DaemonPlace } from './connect.ts'
import { findDaemon, isAlive } from './discovery.ts'
import { callDaemon } from './http.ts'

/** How long a daemon may take to start or to end. */
const LIMIT_MS = 10_000
/** Looks again this often, for file systems that tell nothing. */
const LOOK_MS = 50
const EXCERPT_LINES = 20

/**
 * Starts the daemon as a process of its own, with its output in a file of the state directory, and returns when it
 * answers. When several clients start one at the same time, all get the one that won the daemon's lock.
 */
export async function launchDaemon(place: DaemonPlace, io: Io, deadInstance?: string): Promise<Discovery> {
  const logFile = join(place.home, DAEMON_OUTPUT_FILE)
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 })
  const log = openSync(logFile, 'a', 0o600)
  const logStart = fstatSync(log).size
  const child = spawn(process.execPath, [place.program], {
    cwd: place.home,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log],
    env: { ...io.env, MINIPAAS_HOME: place.home },
  })
  closeSync(log)
  let failure: string | undefined
  child.once('error', (error) => {
    failure = error.message
  })
  child.once('exit', (code, signal) => {
    if (code !== 0) failure = `it ended with ${signal ?? `code ${code}`}`
  })
  child.unref()
  const found = await waitFor({ folder: place.home, clock: io.clock }, async () => {
    const discovery = findDaemon(place.home)
    if (discovery !== undefined && discovery.instance !== deadInstance && (await answers(discovery))) return discovery
    return failure === undefined ? undefined : 'gave up'
  })
  if (found !== undefined && found !== 'gave up') return found
  const reason = failure ?? `it does not answer after ${LIMIT_MS / 1000} s`
  throw refuse('MP8104', 'failed', {
    message: `the daemon did not start: ${reason}${outputSince(logFile, logStart)}`,
    next: `Read its log: ${logFile}. "minipaas doctor" checks this machine.`,
  })
}

/** Asks a daemon to hand over (replicas and edges stay) and returns when its process is gone. */
export async function endDaemon(discovery: Discovery, clock: Clock): Promise<void> {
  await callDaemon(discovery, { method: 'POST', path: API_ROUTES.shutdown, body: { reason: 'replaced by another version' } }).catch(
    () => undefined,
  )
  const gone = await waitForEnd(discovery, clock)
  if (gone) return
  throw refuse('MP8106', 'failed', {
    message: `the daemon of version ${discovery.version} (pid ${discovery.pid}) did not end within ${LIMIT_MS / 1000} s`,
    next: `End the process ${discovery.pid} and run the command again; applications keep running.`,
  })
}

/** True when the daemon's process ended within the limit. */
export async function waitForEnd(discovery: Discovery, clock: Clock): Promise<boolean> {
  return (await waitFor({ clock }, async () => (isAlive(discovery.pid) ? undefined : true))) === true
}

interface Waiting {
  readonly clock: Clock
  /** Changes in this directory are a reason to look at once. */
  readonly folder?: string
}

async function waitFor<T>(waiting: Waiting, look: () => Promise<T | undefined>): Promise<T | undefined> {
  const { clock, folder } = waiting
  const end = after(clock.now(), LIMIT_MS)
  let wake = (): void => {}
  const watcher = folder === undefined ? undefined : watchFolder(folder, () => wake())
  try {
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (clock.now() >= end) return undefined
      await new Promise<void>((resolve) => {
        const timer = clock.at(after(clock.now(), LOOK_MS), resolve)
        wake = () => {
          timer[Symbol.dispose]()
          resolve()
        }
      })
    }
  } finally {
    watcher?.close()
  }
}

function watchFolder(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, changed)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}

async function answers(discovery: Discovery): Promise<boolean> {
  try {
    await callDaemon(discovery, { method: 'GET', path: API_ROUTES.version })
    return true
  } catch {
    return false
  }
}

/** The last lines that were written after a position of the file. */
function outputSince(file: string, position: number): string {
  try {
    const text = readFileSync(file).subarray(position).toString('utf8').trim()
    return text === ''
      ? ''
      : `\n${text
          .split('\n')
          .slice(-EXCERPT_LINES)
          .map((line) => `  ${line}\n`)
          .join('')
          .trimEnd()}`
  } catch {
    return ''
  }
}
