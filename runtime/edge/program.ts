import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import type { Logger } from '../../src/kernel/logger.ts'
import { ControlChannel } from './control-channel.ts'
import { controlSocket, expectAlone, serveControl } from './control-server.ts'
import { createEdge, type Edge } from './edge.ts'
import { keepGuard } from './guard-watch.ts'
import { startNameService } from './name-service.ts'
import { takeRange } from './service-route.ts'
import type { Settings } from './settings.ts'
import type { SystemClock } from './system-clock.ts'
import { TableStore } from './table-store.ts'

export interface Surroundings {
  readonly clock: SystemClock
  readonly log: Logger
}

/** The edge with everything around it: its directory, its addresses, its control, and how it ends. Rejects when it cannot begin. */
export async function runEdge(settings: Settings, { clock, log }: Surroundings): Promise<void> {
  const { directory, control, serviceRange, dnsPort } = settings
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = controlSocket(directory)
  const end = (code: number): void => {
    const removed = control === 'socket' && process.platform !== 'win32' ? rm(path, { force: true }) : Promise.resolve()
    void removed.finally(() => process.exit(code))
  }
  // Before anything is bound to one of its addresses.
  if (serviceRange !== undefined) await takeRange(serviceRange, log)
  const edge = createEdge({
    clock,
    log,
    store: new TableStore(directory),
    seed: randomBytes(8).toString('hex'),
    pid: process.pid,
    ...(serviceRange === undefined ? {} : { names: (context) => startNameService({ serviceRange, dnsPort }, context) }),
    onShutdown: () => end(0),
  })
  stopOnSignal(edge, log, end)
  if (control === 'socket') await expectAlone(path)
  // Whoever connects is greeted with the table that is served, and replaces it.
  await edge.start()
  if (control === 'socket') {
    await serveControl(edge, path, log)
    keepGuard(directory, { clock, log })
  } else {
    new ControlChannel(edge, { input: process.stdin, output: process.stdout }, { log, onCharge: () => {} }).takeCharge()
  }
}

function stopOnSignal(edge: Edge, log: Logger, end: (code: number) => void): void {
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    edge.stop().then(
      () => end(0),
      (error: unknown) => {
        log.log('error', 'stopping failed', { error: String(error) })
        end(1)
      },
    )
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  // The terminal of whoever started us is not ours.
  process.on('SIGHUP', () => {})
}
