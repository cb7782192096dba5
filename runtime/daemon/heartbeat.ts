import type { Clock } from '../../src/kernel/clock.ts'
import type { Millis } from '../../src/kernel/instant.ts'
import type { Logger } from '../../src/kernel/logger.ts'

/** Source: design, section 15. */
const HEARTBEAT_MS: Millis = 10_000

export interface HeartbeatOptions {
  readonly clock: Clock
  readonly logger: Logger
  /** Renews the lease that the guard reads. */
  readonly renewLease: () => Promise<void>
  /** Starts the guard when it is not there. */
  readonly ensureGuard: () => Promise<void>
  readonly isLockHeld: () => Promise<boolean>
  /** The lock went to somebody else, or the state directory is gone. */
  readonly onLockLost: () => void
}

/** Beats at once and then every 10 s until the signal aborts. A beat that fails is logged, and the next one tries again. */
export async function keepBeating(options: HeartbeatOptions, signal: AbortSignal): Promise<void> {
  const { clock, logger } = options
  const attempt = async (what: string, run: () => Promise<void>): Promise<void> => {
    try {
      await run()
    } catch (error) {
      logger.log('warn', `${what} failed`, { error: error instanceof Error ? error.message : String(error) })
    }
  }
  while (!signal.aborted) {
    await attempt('the check of the lock', async () => {
      if (!(await options.isLockHeld())) options.onLockLost()
    })
    if (signal.aborted) return
    await attempt('renewing the lease', options.renewLease)
    await attempt('the start of the guard', options.ensureGuard)
    await clock.sleep(HEARTBEAT_MS, signal).catch(() => {})
  }
}
