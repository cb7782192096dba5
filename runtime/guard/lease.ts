import type { Instant, Millis } from '../../src/kernel/instant.ts'
import { after, instant } from '../../src/kernel/instant.ts'
import { isAlive } from '../process-identity/identity.ts'
import { isObject, readRecord } from '../process-identity/record-file.ts'

/** Source: design, section 15. */
export const DEFAULT_LEASE_MS: Millis = 600_000

/** Whether a daemon lives, and when the last sign of one was. */
export interface LeaseView {
  readonly daemon: 'alive' | 'away'
  readonly lastSeen: Instant
}

/** A daemon whose process lives counts as alive even if it is late: it may have slept with the machine. */
export function readLeaseView(path: string, lastSeen: Instant, now: Instant): LeaseView {
  const lease = readRecord(path)
  if (!isObject(lease) || typeof lease.pid !== 'number' || typeof lease.startTime !== 'string') return { daemon: 'away', lastSeen }
  if (isAlive({ pid: lease.pid, start: lease.startTime })) return { daemon: 'alive', lastSeen: now }
  const renewed = typeof lease.at === 'number' && lease.at <= now ? instant(lease.at) : lastSeen
  return { daemon: 'away', lastSeen: renewed > lastSeen ? renewed : lastSeen }
}

/** What a guard does at one look around. */
export type GuardDecision = 'watch' | 'leave' | 'end-everything'

export function decide(
  view: LeaseView,
  things: 'some' | 'none',
  options: { readonly now: Instant; readonly leaseMs: Millis },
): GuardDecision {
  if (view.daemon === 'alive') return 'watch'
  if (things === 'none') return 'leave'
  return options.now >= after(view.lastSeen, options.leaseMs) ? 'end-everything' : 'watch'
}

/** The lease from the environment, in seconds; the default for what is not a positive number. */
export function leaseFrom(text: string | undefined): Millis {
  const seconds = Number(text)
  return text === undefined || !(seconds > 0) ? DEFAULT_LEASE_MS : seconds * 1000
}
