import { link, open, readFile, rm } from 'node:fs/promises'
import * as z from 'zod'
import type { Clock } from '../../src/kernel/clock.ts'
import { errorCode, isMissing } from './json-file.ts'

/** Who holds a lock. The start time tells a living holder from another process that was given its pid. */
const holder = z.object({ pid: z.number().int().positive(), startTime: z.string() }).strict()
export type LockHolder = z.output<typeof holder>

export interface LockOptions {
  readonly path: string
  readonly me: LockHolder
  readonly isAlive: (holder: LockHolder) => boolean | Promise<boolean>
  readonly clock: Clock
}

export type LockResult = { readonly got: true; readonly lock: Lock } | { readonly got: false; readonly holder: LockHolder }

export interface Lock {
  /** False once the file is gone or names somebody else: the holder must end. */
  isHeld(): Promise<boolean>
  release(): Promise<void>
}

/** Tries of one acquisition before the lock counts as held by whoever keeps changing it. */
const TRIES = 200

/**
 * Takes the lock, or says who has it. The file appears with its content (hard link of a draft), so it is never seen half written;
 * a lock whose holder is dead is removed under a second lock, so that two who find it stale cannot remove each other's new one.
 */
export async function takeLock(options: LockOptions): Promise<LockResult> {
  const { path, me, isAlive, clock } = options
  for (let attempt = 1; ; attempt++) {
    if (await create(path, me)) return { got: true, lock: heldLock(path, me) }
    const current = await readHolder(path)
    if (current !== undefined && ((await isAlive(current)) || attempt >= TRIES)) return { got: false, holder: current }
    await removeStale(options)
    if (attempt % 10 === 0) await clock.sleep(5)
  }
}

/** Who holds the lock at this moment; undefined for nobody. */
export async function readHolder(path: string): Promise<LockHolder | undefined> {
  try {
    return parseHolder(await readFile(path, 'utf8'))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    return holder.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

async function create(path: string, me: LockHolder): Promise<boolean> {
  const draft = `${path}.${me.pid}.tmp`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify(me))
  } finally {
    await file.close()
  }
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** Only the holder of the second lock removes, and only what it reads as stale itself. */
async function removeStale({ path, me, isAlive }: LockOptions): Promise<void> {
  const takeover = `${path}.takeover`
  if (!(await create(takeover, me))) {
    const other = await readHolder(takeover)
    if (other !== undefined && !(await isAlive(other))) await rm(takeover, { force: true })
    return
  }
  try {
    const current = await readHolder(path)
    if (current === undefined || !(await isAlive(current))) await rm(path, { force: true })
  } finally {
    await rm(takeover, { force: true })
  }
}

function heldLock(path: string, me: LockHolder): Lock {
  const isHeld = async (): Promise<boolean> => {
    const current = await readHolder(path)
    return current?.pid === me.pid && current.startTime === me.startTime
  }
  return {
    isHeld,
    release: async () => {
      if (await isHeld()) await rm(path, { force: true })
    },
  }
}
