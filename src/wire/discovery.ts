/** Names of further files inside the state directory; see `home.ts` for the others. */
export const HOME_FILES = {
  lock: 'daemon.lock',
  lease: 'lease.json',
  log: 'logs/daemon.log',
} as const

/** Written every 10 s while the daemon lives; the guard ends everything when it is older than 10 minutes. Source: design, section 15. */
export interface Lease {
  readonly v: 1
  readonly instance: string
  readonly pid: number
  /** Start identity of the process, as in `Discovery`. */
  readonly startTime: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Exit codes of the daemon program. */
export const DAEMON_EXIT = { stopped: 0, alreadyRunning: 0, cannotStart: 1, ourFault: 70 } as const

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Environment names are DNS labels: lower-case letters, digits and inner hyphens, at most 63. Source: RFC 1123. */
export function isEnvironmentName(name: string): boolean {
  return label.test(name)
}
