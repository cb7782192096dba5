import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'
import { readDiscovery } from '../state/discovery-file.ts'
import type { HomePaths } from '../state/home.ts'
import { type LockHolder, type LockResult, takeLock } from '../state/lock.ts'

/** How long a daemon that starts waits for one that is starting or stopping, and how often it looks. */
const WAIT_LIMIT_MS: Millis = 10_000
const LOOK_EVERY_MS: Millis = 20

export interface AcquireOptions {
  readonly home: HomePaths
  readonly me: LockHolder
  readonly isAlive: (holder: LockHolder) => boolean
  readonly clock: Clock
}

/**
 * Takes the daemon's lock. A holder that can be found by clients is left alone at once; one that cannot (it starts, or it hands
 * over) is waited for.
 */
export async function acquireHome({ home, me, isAlive, clock }: AcquireOptions): Promise<LockResult> {
  const end = after(clock.now(), WAIT_LIMIT_MS)
  for (;;) {
    const result = await takeLock({ path: home.lock, me, isAlive, clock })
    if (result.got || clock.now() >= end) return result
    const found = await readDiscovery(home.discovery)
    if (found.found === 'value' && found.value.pid === result.holder.pid && found.value.startTime === result.holder.startTime) return result
    await clock.sleep(LOOK_EVERY_MS)
  }
}
