import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../../src/kernel/clock.ts'
import { FaultError } from '../../src/kernel/fault.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'
import { inheritedEnvironment } from './base-environment.ts'
import { identityOf, isAlive, ownIdentity, type ProcessIdentity } from './identity.ts'
import { endMembers } from './process-group.ts'
import { isObject, readRecord, writeRecord } from './record-file.ts'
import { codeOf, messageOf } from './system-error.ts'

/** A program of ours that outlives who started it (an edge, the guard), as recorded in its identity file. */
export interface CompanionRecord extends ProcessIdentity {
  /** Program and arguments, so that whoever finds it dead can start it again. Never secrets. */
  readonly command: readonly string[]
  /** What it needs in its environment besides the inherited base. */
  readonly variables: Readonly<Record<string, string>>
  /** Set when it is being ended on purpose: nobody starts it again. */
  readonly ending?: true
}

export interface CompanionOrder {
  /** The identity file. Output goes beside it, with the ending `.log`. */
  readonly record: string
  readonly command: readonly string[]
  readonly variables: Readonly<Record<string, string>>
}

/** The output of a companion is started afresh above this size. */
const MAX_LOG_BYTES = 1024 * 1024
const ENDING_GRACE: Millis = 2_000
const LOCK_PAUSE: Millis = 5
/** Tries before the holder of the start lock counts as stuck. */
const LOCK_TRIES = 1_000

export function readCompanion(record: string): CompanionRecord | undefined {
  const value = readRecord(record)
  if (!isObject(value) || typeof value.pid !== 'number' || typeof value.start !== 'string') return undefined
  if (!Array.isArray(value.command) || !isObject(value.variables)) return undefined
  return value as unknown as CompanionRecord
}

/** The companion when it runs, also when it is being ended. */
export function livingCompanion(record: string): CompanionRecord | undefined {
  const known = readCompanion(record)
  return known !== undefined && isAlive(known) ? known : undefined
}

/**
 * Starts the companion unless the recorded one lives. Several programs may call this at the same moment: one starts it, the others
 * see the result.
 */
export async function ensureCompanion(order: CompanionOrder, clock: Clock): Promise<CompanionRecord> {
  const living = livingCompanion(order.record)
  if (living !== undefined && living.ending === undefined) return living
  return underLock(order.record, clock, async () => {
    const now = livingCompanion(order.record)
    if (now !== undefined && now.ending === undefined) return now
    // Whoever was ending it did not come to the end.
    if (now !== undefined) await endMembers({ leader: now, marks: [] }, { clock, until: after(clock.now(), ENDING_GRACE) })
    return start(order)
  })
}

/** Starts a dead companion with its recorded command. Undefined when there is none to start: never recorded, or ending. */
export async function reviveCompanion(record: string, clock: Clock): Promise<CompanionRecord | undefined> {
  const known = readCompanion(record)
  if (known === undefined || known.ending === true) return undefined
  if (isAlive(known)) return known
  return underLock(record, clock, async () => {
    const now = readCompanion(record)
    if (now === undefined || now.ending === true) return undefined
    return isAlive(now) ? now : start({ record, command: now.command, variables: now.variables })
  })
}

/** From here on nobody starts it again; what runs is returned. */
export async function markEnding(record: string, clock: Clock): Promise<CompanionRecord | undefined> {
  if (readCompanion(record) === undefined) return undefined
  return underLock(record, clock, async () => {
    const known = readCompanion(record)
    if (known !== undefined) await writeRecord(record, { ...known, ending: true })
    return known
  })
}

/** Ends the companion and forgets it, so that nobody starts it again. */
export async function endCompanion(record: string, clock: Clock): Promise<void> {
  if (readCompanion(record) === undefined) return
  await underLock(record, clock, async () => {
    const known = livingCompanion(record)
    if (known !== undefined) await endMembers({ leader: known, marks: [] }, { clock, until: after(clock.now(), ENDING_GRACE) })
    await rm(record, { force: true })
  })
}

async function start({ record, command, variables }: CompanionOrder): Promise<CompanionRecord> {
  const [program, ...args] = command
  if (program === undefined) throw cannotStart(record, 'its command is empty')
  const log = openLog(`${record.replace(/\.json$/, '')}.log`)
  try {
    const child = spawn(program, args, {
      cwd: dirname(record),
      env: { ...inheritedEnvironment(process.env), ...variables },
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log, log],
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    // Without a listener a later error would end this process.
    child.on('error', () => {})
    child.unref()
    const identity = child.pid === undefined ? undefined : identityOf(child.pid)
    if (identity === undefined) throw cannotStart(record, `it ended at once; its output is in ${dirname(record)}`)
    const started: CompanionRecord = { ...identity, command, variables }
    await writeRecord(record, started)
    return started
  } catch (error) {
    if (error instanceof FaultError) throw error
    throw cannotStart(record, messageOf(error))
  } finally {
    closeSync(log)
  }
}

function openLog(path: string): number {
  try {
    if (statSync(path).size > MAX_LOG_BYTES) return openSync(path, 'w', 0o600)
  } catch {
    // There is none yet.
  }
  return openSync(path, 'a', 0o600)
}

/** One starter at a time per record, across processes. A lock whose holder is dead is taken over. */
async function underLock<T>(record: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  const path = `${record}.lock`
  await mkdir(dirname(record), { recursive: true, mode: 0o700 })
  for (let attempt = 0; !tryLock(path); attempt++) {
    if (attempt >= LOCK_TRIES) throw cannotStart(record, `another process has held ${path} for too long`)
    if (isStale(path)) await takeAway(path)
    else await clock.sleep(LOCK_PAUSE)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function tryLock(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(ownIdentity()), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function isStale(path: string): boolean {
  try {
    const text = readFileSync(path, 'utf8')
    // Empty for the moment between its creation and the write.
    return text !== '' && !isAlive(JSON.parse(text) as ProcessIdentity)
  } catch {
    return false
  }
}

/** Renaming succeeds for one of several that found the lock stale. */
async function takeAway(path: string): Promise<void> {
  const aside = join(dirname(path), `stale-lock.${process.pid}`)
  try {
    await rename(path, aside)
    await rm(aside, { force: true })
  } catch {
    // Another one was quicker.
  }
}

function cannotStart(record: string, why: string): FaultError {
  return new FaultError({
    kind: 'unavailable',
    code: 'MP4120',
    message: `the program of ${record} cannot be started: ${why}`,
    next: 'run `minipaas doctor`',
    retry: 'backoff',
  })
}
