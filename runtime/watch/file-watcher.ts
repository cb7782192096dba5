import type { FSWatcher } from 'chokidar'
import type { FileWatcher } from '../../src/control/ports.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'
import type { Logger } from '../../src/kernel/logger.ts'
import { resolveWatchedPaths, type WatchedPaths } from './watched-paths.ts'

/** Changes closer together than this are one: editors touch a file several times for one save. */
const QUIET_MS: Millis = 20

export interface FileWatcherOptions {
  readonly clock: Clock
  readonly logger: Logger
}

/** Watches through the system's own notification, never by polling. The library is loaded with the first path. */
export function createFileWatcher({ clock, logger }: FileWatcherOptions): FileWatcher {
  return {
    watch(paths, changed) {
      let timer: Disposable | undefined
      let over = false
      const notice = (): void => {
        if (over) return
        timer?.[Symbol.dispose]()
        timer = clock.at(after(clock.now(), QUIET_MS), () => {
          timer = undefined
          changed()
        })
      }
      const fail = (error: unknown): void =>
        logger.log('warn', 'file changes cannot be watched', { error: error instanceof Error ? error.message : String(error) })
      const opened = open(paths, notice, fail).catch(fail)
      return {
        [Symbol.dispose]() {
          over = true
          timer?.[Symbol.dispose]()
          void opened.then((watcher) => watcher?.close()).catch(fail)
        },
      }
    },
  }
}

async function open(paths: readonly string[], notice: () => void, fail: (error: unknown) => void): Promise<FSWatcher | undefined> {
  if (paths.length === 0) return undefined
  const watched = resolveWatchedPaths(paths)
  const before = watched.fingerprint()
  const { watch } = await import('chokidar')
  const watcher = watch([...watched.roots], {
    ignored: (path) => watched.isIgnored(path),
    ignoreInitial: true,
    depth: 0,
    usePolling: false,
    awaitWriteFinish: false,
    // Removals are reported at once; a file that comes back is another change, and both become one by the quiet time or two loads.
    atomic: false,
  })
  watcher.on('all', notice)
  watcher.on('error', fail)
  watcher.once('ready', () => noticeMissed(watched, before, notice))
  return watcher
}

/** What changed before the watcher was ready would otherwise never be noticed. */
function noticeMissed(watched: WatchedPaths, before: string, notice: () => void): void {
  if (watched.fingerprint() !== before) notice()
}
