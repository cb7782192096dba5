import { rm } from 'node:fs/promises'
import type { Clock } from '../../src/kernel/clock.ts'
import type { Instant, Millis } from '../../src/kernel/instant.ts'
import type { Logger } from '../../src/kernel/logger.ts'
import { readCompanion } from '../process-identity/companion.ts'
import { homeLayout } from '../process-identity/home-layout.ts'
import { isAlive, ownIdentity } from '../process-identity/identity.ts'
import { endEnvironment, type GuardedEnvironment, listGuarded, reviveEdge } from './environments.ts'
import { decide, readLeaseView } from './lease.ts'

/** A dead edge is seen within this time. */
const LOOK_EVERY: Millis = 500

export interface GuardOptions {
  readonly home: string
  readonly leaseMs: Millis
  /** Starts a daemon, which removes the containers of environments that have no record. */
  readonly harvest: () => void
  readonly clock: Clock
  readonly logger: Logger
}

/** Watches over the edges of a home, and ends everything when no daemon comes back within the lease. Returns when there is nothing to guard. */
export async function runGuard(options: GuardOptions, signal: AbortSignal): Promise<void> {
  const { home, leaseMs, harvest, clock, logger } = options
  const layout = homeLayout(home)
  let lastSeen: Instant = clock.now()
  while (!signal.aborted && !isReplaced(layout.guard)) {
    const environments = await listGuarded(home)
    const now = clock.now()
    const view = readLeaseView(layout.lease, lastSeen, now)
    lastSeen = view.lastSeen
    const decision = decide(view, environments.length > 0 ? 'some' : 'none', { now, leaseMs })
    switch (decision) {
      case 'watch':
        await reviveAll(environments, options)
        break
      case 'leave':
        await rm(layout.guard, { force: true })
        return
      case 'end-everything':
        logger.log('info', 'no daemon came back within the lease: ending everything', { environments: environments.length })
        await Promise.all(environments.map((environment) => endEnvironment(environment, clock)))
        if (environments.some(({ elsewhere }) => elsewhere)) harvest()
        break
    }
    await clock.sleep(LOOK_EVERY, signal).catch(() => {})
  }
}

/** One guard for a home: whoever is in the record and lives is it. */
function isReplaced(record: string): boolean {
  const recorded = readCompanion(record)
  const me = ownIdentity()
  return recorded !== undefined && recorded.pid !== me.pid && isAlive(recorded)
}

async function reviveAll(environments: readonly GuardedEnvironment[], { clock, logger }: GuardOptions): Promise<void> {
  for (const environment of environments) {
    try {
      await reviveEdge(environment, clock)
    } catch (error) {
      logger.log('warn', 'an edge could not be started again', { edge: environment.layout.edge, error: String(error) })
    }
  }
}
