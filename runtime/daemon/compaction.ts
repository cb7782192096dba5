import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'

/** After this time without a client the next one is not expected soon. */
const QUIET_MS: Millis = 2_000
/** Code that was not run for some collections is given up by V8, so there are several, with room between them for work. */
const COLLECTIONS = 8
const PAUSE_MS: Millis = 200

/** Gives memory back while nobody asks for anything. */
export interface Compaction extends Disposable {
  /** The last client has gone. */
  begin(): void
  /** Somebody came: work first. */
  interrupt(): void
}

export function createCompaction({ clock, collect }: { readonly clock: Clock; readonly collect: () => void }): Compaction {
  let timer: Disposable | undefined
  const interrupt = (): void => {
    timer?.[Symbol.dispose]()
    timer = undefined
  }
  const schedule = (delay: Millis, left: number): void => {
    timer = clock.at(after(clock.now(), delay), () => {
      collect()
      if (left > 1) schedule(PAUSE_MS, left - 1)
    })
  }
  return {
    begin() {
      interrupt()
      schedule(QUIET_MS, COLLECTIONS)
    },
    interrupt,
    [Symbol.dispose]: interrupt,
  }
}
