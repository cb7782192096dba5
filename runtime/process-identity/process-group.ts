import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Instant, type Millis } from '../../src/kernel/instant.ts'
import { isAlive, type ProcessIdentity, startTimeOf } from './identity.ts'
import { listProcesses } from './process-table-linux.ts'
import { windowsKillTree } from './process-table-windows.ts'

/**
 * All that came from one start: the leader of a session of its own and every descendant. `marks` are environment
 * entries (`NAME=value`) that descendants carry even when they left the session.
 */
export interface GroupTrace {
  readonly leader: ProcessIdentity | undefined
  readonly marks: readonly string[]
}

export type PosixSignal = 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'

/** Pause between two looks at a group that was told to end. */
const LOOK_EVERY: Millis = 10
/** How long a killed group may take to be gone from the process table. */
const KILL_LIMIT: Millis = 5_000

export interface Member extends ProcessIdentity {
  readonly group: number
}

/** The living members. Where processes cannot be listed, only the leader is known. */
export async function findMembers(trace: GroupTrace): Promise<readonly Member[]> {
  const { leader } = trace
  if (process.platform !== 'linux') return leader !== undefined && isAlive(leader) ? [{ ...leader, group: leader.pid }] : []
  const session = sessionOf(leader)
  const listed = await listProcesses()
  return listed
    .filter(({ stat, environment }) => stat.session === session || carries(environment(), trace.marks))
    .map(({ stat }) => ({ pid: stat.pid, start: stat.start, group: stat.group }))
    .filter((member) => member.pid !== process.pid)
}

/** The session id as long as it cannot belong to anybody else: the number is not given away while it has members. */
function sessionOf(leader: ProcessIdentity | undefined): number | undefined {
  if (leader === undefined) return undefined
  const start = startTimeOf(leader.pid)
  return start === undefined || start === leader.start ? leader.pid : undefined
}

function carries(environment: string, marks: readonly string[]): boolean {
  return marks.length > 0 && environment !== '' && marks.every((mark) => environment.includes(`\0${mark}\0`))
}

/** Sends a signal to every member, to the leader's group as one so that nobody forks away from it. Returns the members. */
export async function signalMembers(trace: GroupTrace, signal: PosixSignal): Promise<readonly Member[]> {
  // To wake somebody twice does no harm, and the list of all processes takes its time.
  const leading = signal === 'SIGCONT' && process.platform !== 'win32' ? sessionOf(trace.leader) : undefined
  if (leading !== undefined) send(-leading, signal)
  const members = await findMembers(trace)
  if (process.platform === 'win32') {
    if (signal === 'SIGTERM' || signal === 'SIGKILL') for (const member of members) windowsKillTree(member.pid)
    return members
  }
  const group = sessionOf(trace.leader)
  const inGroup = (member: Member): boolean => member.group === group
  if (group !== undefined && members.some(inGroup)) send(-group, signal)
  // Each process gets a signal once: many take a second SIGTERM for "now".
  for (const member of members) if (!inGroup(member)) send(member.pid, signal)
  return members
}

export interface EndOptions {
  readonly clock: Clock
  /** When the grace is over; now or earlier means SIGKILL at once. */
  readonly until: Instant
  /** Stops the waiting; what runs then goes on. */
  readonly signal?: AbortSignal
}

/**
 * Ends all members: SIGTERM, the grace, SIGKILL. Members that are frozen are woken to be able to end. Returns once none is left.
 */
export async function endMembers(trace: GroupTrace, options: EndOptions): Promise<void> {
  const { clock, until } = options
  if (clock.now() < until) {
    const told = await signalMembers(trace, 'SIGTERM')
    if (told.length === 0) return
    if (process.platform !== 'win32') await signalMembers(trace, 'SIGCONT')
    if (await areGone(told, options)) {
      // Somebody may have been forked while the others ended.
      const late = await findMembers(trace)
      if (late.length === 0) return
      await areGone(late, options)
    }
  }
  const limit = after(clock.now(), KILL_LIMIT)
  while ((await signalMembers(trace, 'SIGKILL')).length > 0 && clock.now() < limit) await clock.sleep(LOOK_EVERY / 5)
}

async function areGone(members: readonly ProcessIdentity[], { clock, until, signal }: EndOptions): Promise<boolean> {
  for (let pause = 1; ; pause = Math.min(LOOK_EVERY, pause * 2)) {
    if (!members.some(isAlive)) return true
    if (clock.now() >= until) return false
    await clock.sleep(Math.min(pause, until - clock.now()), signal)
  }
}

function send(pid: number, signal: PosixSignal): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone, or of another user: both are seen by the next look.
  }
}
