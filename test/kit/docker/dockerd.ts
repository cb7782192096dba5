import { join } from 'node:path'
import { askEngine, callEngine } from './engine-http.ts'
import { EngineProgram, endpointOf, type FolderEngine } from './engine-program.ts'

/** The Docker daemon. It starts its own containerd. */
export function prepareDockerd(folder: string, bridge: string): FolderEngine {
  const path = (name: string): string => join(folder, name)
  const endpoint = endpointOf(folder)
  const program = new EngineProgram({
    command: [
      ...(['dockerd', '--data-root', path('data'), '--exec-root', path('exec'), '--pidfile', path('pid')] as const),
      ...['--host', endpoint, '--bridge', bridge],
      // The machine's own settings are somebody else's.
      ...['--config-file', path('daemon.json')],
    ],
    env: {},
    folder,
  })
  return {
    endpoint,
    isRunning: () => program.isRunning(),
    start: () => program.start(),
    stop: () => program.stop(),
    empty: () => emptyDocker(endpoint),
  }
}

async function emptyDocker(endpoint: string): Promise<void> {
  const containers = await callEngine<{ readonly Id: string }[]>(endpoint, '/containers/json?all=1')
  await Promise.all(containers.map(({ Id }) => askEngine(endpoint, `/containers/${Id}?force=1&v=1`, { method: 'DELETE' })))
  const networks = await callEngine<{ readonly Id: string; readonly Name: string }[]>(endpoint, '/networks')
  const own = networks.filter(({ Name }) => !['bridge', 'host', 'none'].includes(Name))
  await Promise.all(own.map(({ Id }) => askEngine(endpoint, `/networks/${Id}`, { method: 'DELETE' })))
}
