import { after, type Millis } from '../../src/kernel/instant.ts'
import { reviveGuard } from '../process-identity/guard-launch.ts'
import type { EdgeContext } from './context.ts'

/** A dead guard is noticed within this time. */
const GUARD_LOOK_MS: Millis = 3000

/** While the daemon is away the edge is the one who notices that the guard died. */
export function keepGuard(directory: string, around: Pick<EdgeContext, 'clock' | 'log'>): void {
  const { clock, log } = around
  clock.at(after(clock.now(), GUARD_LOOK_MS), () => {
    reviveGuard(directory, clock)
      .catch((error: unknown) => log.log('warn', 'the guard could not be started again', { error: String(error) }))
      .finally(() => keepGuard(directory, around))
  })
}
