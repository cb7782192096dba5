import { DAEMON_EXIT } from '../../src/wire/discovery.ts'
import type { Daemon } from './daemon.ts'

/** Ties a daemon to its process: signals stop it in order, a second one at once; an error that nobody caught ends it with 70. */
export function hookProcess(daemon: Daemon): void {
  let told = false
  const stop = (signal: string): void => {
    if (told) process.exit(DAEMON_EXIT.stopped)
    told = true
    void daemon.stop(signal)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // The terminal it was started from may go away.
  process.on('SIGHUP', () => {})
  let crashed = false
  const crash = (error: unknown): void => {
    if (!crashed) {
      crashed = true
      daemon.crash(error)
    }
    process.exit(DAEMON_EXIT.ourFault)
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
}
