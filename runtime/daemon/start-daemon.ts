import { clearDiscovery } from '../state/discovery-file.ts'
import { openHome } from '../state/home.ts'
import type { LockHolder } from '../state/lock.ts'
import { acquireHome } from './acquire.ts'
import { Daemon, newInstance } from './daemon.ts'
import { openDaemonFiles } from './daemon-files.ts'
import type { DaemonSetup } from './daemon-setup.ts'

export type DaemonStart =
  | { readonly started: true; readonly daemon: Daemon }
  /** Somebody else's daemon uses the state directory. */
  | { readonly started: false; readonly holder: LockHolder }

/** Starts the one daemon of a state directory; returns when clients can find and use it. `created` sees it before it does anything. */
export async function startDaemon(setup: DaemonSetup, created: (daemon: Daemon) => void = () => {}): Promise<DaemonStart> {
  const home = await openHome(setup.home)
  const acquired = await acquireHome({ home, me: setup.me, isAlive: setup.isAlive, clock: setup.clock })
  if (!acquired.got) return { started: false, holder: acquired.holder }
  const instance = newInstance()
  const files = openDaemonFiles({ setup, home, lock: acquired.lock, instance })
  const daemon = new Daemon(setup, files, instance)
  created(daemon)
  try {
    await clearDiscovery(home.discovery)
    await daemon.open()
  } catch (error) {
    daemon.reportInternal(error, 'start')
    await daemon.stop('the start failed')
    throw error
  }
  return { started: true, daemon }
}
