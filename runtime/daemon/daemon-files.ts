import { rmSync } from 'node:fs'
import type { Discovery } from '../../src/wire/answers.ts'
import { removeDiscovery, writeDiscovery } from '../state/discovery-file.ts'
import { createEnvironmentStore, type FileEnvironmentStore } from '../state/environment-store.ts'
import type { HomePaths } from '../state/home.ts'
import { writeLease } from '../state/lease-file.ts'
import type { Lock } from '../state/lock.ts'
import type { DaemonSetup } from './daemon-setup.ts'
import { type Journal, openJournal } from './journal.ts'

/** Everything that one daemon keeps in the state directory while it lives. */
export interface DaemonFiles {
  readonly home: HomePaths
  readonly journal: Journal
  readonly store: FileEnvironmentStore
  isLockHeld(): Promise<boolean>
  renewLease(): Promise<void>
  /** Lets clients find the daemon. */
  announce(discovery: Discovery): Promise<void>
  /** Lets clients find it no longer. */
  withdraw(): Promise<void>
  /** Writes what is in memory and gives the lock back. */
  close(): Promise<void>
  /** The same at once, for the moment before the process dies. */
  closeNow(): void
}

export interface OpenFiles {
  readonly setup: DaemonSetup
  readonly home: HomePaths
  readonly lock: Lock
  readonly instance: string
}

export function openDaemonFiles({ setup, home, lock, instance }: OpenFiles): DaemonFiles {
  const { clock, version, debug, me } = setup
  const journal = openJournal({ home, clock, version, debug })
  const store = createEnvironmentStore({ folder: home.environments, clock, logger: journal.logger, instance })
  return {
    home,
    journal,
    store,
    isLockHeld: () => lock.isHeld(),
    renewLease: () => writeLease(home.lease, { v: 1, instance, pid: me.pid, startTime: me.startTime, at: clock.now() }),
    announce: (discovery) => writeDiscovery(home.discovery, discovery),
    withdraw: () => removeDiscovery(home.discovery, instance),
    async close() {
      await store.flush()
      await journal.flush()
      await lock.release()
    },
    closeNow() {
      store.flushNow()
      journal.flushNow()
      rmSync(home.discovery, { force: true })
      rmSync(home.lock, { force: true })
    },
  }
}
