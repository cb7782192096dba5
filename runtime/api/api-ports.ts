import type { Environments } from '../../src/control/environment-control.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import type { Logger } from '../../src/kernel/logger.ts'
import type { ShutdownAnswer } from '../../src/wire/api-routes.ts'
import type { VersionView } from '../../src/wire/views.ts'

/** What the API needs besides the environments; the daemon's life cycle implements it. */
export interface ApiPorts {
  readonly environments: Environments
  readonly clock: Clock
  readonly logger: Logger
  /** Secret of this daemon, required with every request. */
  readonly token: string
  readonly version: VersionView
  readonly sessions: SessionDesk
  readonly lifeCycle: LifeCycle
  /** Prometheus text. */
  readonly metrics: () => string
}

export interface LifeCycle {
  /** Marks a client as present until disposed; the daemon does not end for idleness meanwhile. */
  clientPresent(): Disposable
  /** Stops the daemon once the answer is on its way; replicas and edges stay. */
  shutdown(reason: string): Promise<ShutdownAnswer>
  /** The same, but only without applications and without clients besides the one who asks. */
  shutdownIfIdle(): Promise<ShutdownAnswer>
  /** Keeps an unexpected error for the developers; answers what to tell the user. */
  reportInternal(error: unknown, during: string): string
}

/** Who sits where among foreground clients. */
export interface SessionDesk {
  /** A session that was named in a request and whose socket should come soon. */
  expect(session: string): void
  connect(session: string): SessionSeat
}

export interface SessionSeat {
  /** The client said goodbye. */
  leave(): void
  /** The socket ended without a goodbye. */
  drop(): void
}
