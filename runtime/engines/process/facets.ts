import type { Engine } from '../../../src/model/engine.ts'
import { connectionsFacet } from './connections.ts'
import { execFacet } from './exec.ts'
import type { ListenerWatch } from './listeners.ts'
import { processesFacet } from './processes.ts'
import type { ReplicaRegistry } from './replica-registry.ts'
import { freeze, thaw } from './replica-stop.ts'
import { statsFacet } from './stats.ts'
import { volumeFacet } from './volumes.ts'

export type ProcessFacets = Required<Pick<Engine, 'exec' | 'volumes' | 'connections'>> & Pick<Engine, 'freezer' | 'stats' | 'processes'>

/** What this platform allows: Windows cannot freeze, and only Linux tells what a process uses. */
export function processFacets(registry: ReplicaRegistry, listeners: ListenerWatch): ProcessFacets {
  const { home, clock } = registry.context
  return {
    exec: execFacet(registry),
    volumes: volumeFacet(home),
    connections: connectionsFacet(registry, listeners),
    ...(process.platform === 'win32'
      ? {}
      : {
          freezer: {
            freeze: async (of) => freeze(await registry.get(of)),
            thaw: async (of) => {
              const replica = await registry.get(of)
              await replica.inTurn(() => thaw(replica))
            },
          },
        }),
    ...(process.platform === 'linux' ? { stats: statsFacet(registry, clock), processes: processesFacet(registry) } : {}),
  }
}
