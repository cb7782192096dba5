import type { Environments } from '../../src/control/environment-control.ts'
import type { EnvironmentStore } from '../../src/control/ports.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import type { Millis } from '../../src/kernel/instant.ts'
import type { Logger } from '../../src/kernel/logger.ts'
import type { HomePaths } from '../state/home.ts'
import type { LockHolder } from '../state/lock.ts'

/** Idle time after which a daemon without applications and clients ends. Source: design, section 15. */
export const DEFAULT_IDLE_MS: Millis = 60_000

/** What one life of a daemon needs from its composition root. */
export interface DaemonSetup {
  /** State directory, absolute. */
  readonly home: string
  readonly version: string
  readonly clock: Clock
  readonly idleMs: Millis
  /** `MINIPAAS_DEBUG`. */
  readonly debug: string
  readonly me: LockHolder
  readonly isAlive: (holder: LockHolder) => boolean
  /** Collects garbage at once; called a few times when the last client has gone. */
  readonly collectGarbage?: () => void
  /** Builds the control core with its engines; nothing may run before `Environments.start`. */
  readonly assemble: (parts: DaemonParts) => Assembly | Promise<Assembly>
}

/** What the life cycle made before the control core. */
export interface DaemonParts {
  readonly home: HomePaths
  readonly clock: Clock
  readonly logger: Logger
  readonly version: string
  /** Random name of this life of the daemon. */
  readonly instance: string
  readonly store: EnvironmentStore
}

export interface Assembly {
  readonly environments: Environments
  /** Starts the guard when it is needed and not there; called every 10 s. */
  readonly ensureGuard: () => Promise<void>
  /** Ends the guard at once; called when the daemon ends and nothing is left to guard. */
  readonly endGuard: () => Promise<void>
}
