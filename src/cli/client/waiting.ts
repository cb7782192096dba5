import { type FSWatcher, watch } from 'node:fs'
import type { Clock } from '../../kernel/clock.ts'
import { after } from '../../kernel/instant.ts'

/** How long a daemon may take to start or to end. */
export const LIMIT_MS = 10_000
/** Looks again this often, for file systems that tell nothing. */
const LOOK_MS = 50

export interface Waiting {
  readonly clock: Clock
  /** Changes in this directory are a reason to look at once. */
  readonly folder?: string
}

/** What `look` finds, or undefined when the limit is over. */
export async function waitFor<T>(waiting: Waiting, look: () => Promise<T | undefined>): Promise<T | undefined> {
  const { clock, folder } = waiting
  const end = after(clock.now(), LIMIT_MS)
  let wake = (): void => {}
  const watcher = folder === undefined ? undefined : watchFolder(folder, () => wake())
  try {
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (clock.now() >= end) return undefined
      await new Promise<void>((resolve) => {
        const timer = clock.at(after(clock.now(), LOOK_MS), resolve)
        wake = () => {
          timer[Symbol.dispose]()
          resolve()
        }
      })
    }
  } finally {
    watcher?.close()
  }
}

function watchFolder(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, changed)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}
