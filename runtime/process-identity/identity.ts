import { darwinStartTime } from './process-table-darwin.ts'
import { linuxStartTime } from './process-table-linux.ts'
import { windowsStartTime } from './process-table-windows.ts'
import { codeOf } from './system-error.ts'

/** A process, told from a later one that was given the same pid by when it started. `start` is compared, never parsed. */
export interface ProcessIdentity {
  readonly pid: number
  readonly start: string
}

/** When the process started, in the words of the platform; undefined when there is no such process (or only its zombie). */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStartTime(pid)
  if (!exists(pid)) return undefined
  return process.platform === 'win32' ? windowsStartTime(pid) : darwinStartTime(pid)
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  const start = startTimeOf(pid)
  return start === undefined ? undefined : { pid, start }
}

/** Whether exactly this process still runs. On Linux one small read; elsewhere a child process, so ask rarely. */
export function isAlive(identity: ProcessIdentity): boolean {
  return startTimeOf(identity.pid) === identity.start
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, start: startTimeOf(process.pid) ?? 'unknown' }
}

/** Signal 0: whether the pid is taken at all. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
