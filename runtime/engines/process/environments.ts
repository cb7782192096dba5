import { readdir, rm, rmdir } from 'node:fs/promises'
import type { Owner } from '../../../src/model/engine.ts'
import { environmentLayout, homeLayout } from '../../process-identity/home-layout.ts'
import { hasEdge, type ProcessEdgeHost } from './edge-host.ts'
import type { ProcessMeterHost } from './meter-host.ts'
import { checkName, isSafeName } from './names.ts'
import type { ReplicaRegistry } from './replica-registry.ts'

/** Environments with an edge or a replica. Volumes alone do not make one: they stay for the next `up`. */
export async function listEnvironments(home: string): Promise<readonly string[]> {
  const names = await readdir(homeLayout(home).environments).catch(() => [])
  const found = await Promise.all(
    names.filter(isSafeName).map(async (name) => {
      const replicas = await readdir(environmentLayout(home, name).replicas).catch(() => [])
      return replicas.length > 0 || hasEdge(home, name) ? [name] : []
    }),
  )
  return found.flat().sort()
}

/** Ends replicas, edge and readers and removes what belongs to them; volumes, and what others keep beside them, stay. */
export async function removeEnvironment(
  parts: {
    readonly home: string
    readonly registry: ReplicaRegistry
    readonly edge: ProcessEdgeHost
    readonly meters: ProcessMeterHost
  },
  owner: Owner,
  signal: AbortSignal,
): Promise<void> {
  const { home, registry, edge, meters } = parts
  const layout = environmentLayout(home, checkName('an environment', owner.environment))
  const replicas = await registry.all(owner)
  await Promise.all([
    edge.remove(owner, signal),
    meters.remove(owner, signal),
    ...[...replicas.values()].map((replica) => registry.destroy(replica)),
  ])
  await rm(layout.replicas, { recursive: true, force: true, maxRetries: 3, retryDelay: 20 })
  for (const directory of [layout.volumes, layout.root]) await removeIfEmpty(directory)
  registry.forget(owner.environment)
}

async function removeIfEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory)
  } catch {
    // Not empty, or not there.
  }
}
