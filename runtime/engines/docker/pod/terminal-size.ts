import type { Clock } from '../../../../src/kernel/clock.ts'
import type { Millis } from '../../../../src/kernel/instant.ts'

const RETRY_EVERY: Millis = 20
const ATTEMPTS = 25

/** Sets the size of a terminal; the engine refuses that until the program in it has begun. */
export async function retryResize(clock: Clock, resize: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await resize()
      return
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
      await clock.sleep(RETRY_EVERY)
    }
  }
}
