import { spawn } from 'node:child_process'
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Discovery } from '../../wire/answers.ts'
import { API_ROUTES } from '../../wire/api-routes.ts'
import { DAEMON_OUTPUT_FILE } from '../../wire/home.ts'
import type { Io } from '../io.ts'
import { refuse } from '../refusal-error.ts'
import type { DaemonPlace } from './daemon-place.ts'
import { findDaemon } from './discovery.ts'
import { callDaemon } from './http.ts'
import { LIMIT_MS, waitFor } from './waiting.ts'

/** As many lines of the daemon's own output are shown when it fails. */
const EXCERPT_LINES = 20

/** The daemon waits most of its life: it keeps a small heap and may collect garbage when nobody needs it. */
const NODE_FLAGS = ['--max-semi-space-size=1', '--single-threaded-gc', '--expose-gc'] as const
/** The same for memory outside the heap (glibc; others ignore it). Applications do not inherit it. */
const ALLOCATOR = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' } as const

/**
 * Starts the daemon as a process of its own, with its output in a file of the state directory, and returns when it
 * answers. When several clients start one at the same time, all get the one that won the daemon's lock.
 */
export async function launchDaemon(place: DaemonPlace, io: Io, deadInstance?: string): Promise<Discovery> {
  const logFile = join(place.home, DAEMON_OUTPUT_FILE)
  const log = openLog(logFile)
  const logStart = fstatSync(log).size
  const child = spawn(process.execPath, [...NODE_FLAGS, place.program], {
    cwd: place.home,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log],
    env: { ...io.env, ...ALLOCATOR, MINIPAAS_HOME: place.home },
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

function openLog(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    return openSync(file, 'a', 0o600)
  } catch (error) {
    throw refuse('MP8104', 'failed', {
      message: `the state directory cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      next: 'Set MINIPAAS_HOME to a directory that you may write to.',
    })
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
    const lines = text.split('\n').slice(-EXCERPT_LINES)
    return text === '' ? '' : lines.map((line) => `\n  ${line}`).join('')
  } catch {
    return ''
  }
}
