import { mkdirSync } from 'node:fs'
import type { ReplicaSpec } from '../../../src/model/engine.ts'
import { mountPlaces } from './container-prepare.ts'
import { startContainer } from './container-start.ts'
import { faults, isInitFailure } from './faults.ts'
import { runToSuccess } from './init-container.ts'
import { prepareVolumes } from './mounts.ts'
import { isFree } from './ports.ts'
import { Replica } from './replica.ts'
import type { LocalPort } from './replica-record.ts'
import type { ReplicaRegistry } from './replica-registry.ts'
import { checkStartable, newRecord, type StartOrder } from './start-order.ts'

/**
 * Starts a replica as a whole: init containers one after the other, then all containers at once. What fails leaves nothing, but for
 * the output of an init container that failed: it can be read until the next start.
 */
export async function startReplica(registry: ReplicaRegistry, start: StartOrder, signal: AbortSignal): Promise<Replica> {
  const { spec } = start
  const { context } = registry
  const all = await registry.all(spec.ref.owner)
  const existing = all.get(spec.ref.id)
  if (existing !== undefined) {
    if (existing.record.hash !== spec.revision.hash) throw faults.otherRevision(spec.ref, existing.record.hash)
    await existing.inTurn(async () => {})
    if (all.get(spec.ref.id) === existing) {
      if (existing.record.progress !== 'failed') return existing
      await registry.destroy(existing)
    }
    // Somebody else may have begun meanwhile.
    if (all.has(spec.ref.id)) return startReplica(registry, start, signal)
  }
  checkStartable(spec, all.values())
  const directory = registry.directoryOf(spec.ref)
  const replica = new Replica(context, directory, newRecord(context, start))
  replica.spec = spec
  all.set(spec.ref.id, replica)
  const either = AbortSignal.any([signal, replica.abandoned.signal])
  try {
    await replica.inTurn(() => bringUp(replica, start, either))
  } catch (error) {
    if (start.kind === 'replica' && isInitFailure(error) && !either.aborted) await registry.keepFailed(replica)
    else await registry.destroy(replica)
    throw error
  }
  context.hints.post(spec.ref.owner.environment, spec.ref.id)
  return replica
}

async function bringUp(replica: Replica, { spec, containers }: StartOrder, signal: AbortSignal): Promise<void> {
  const { files, record } = replica
  // At once: a wait for the thread pool takes longer, and a held request waits with it.
  for (const path of [files.logs, files.logIndex]) mkdirSync(path, { recursive: true, mode: 0o700 })
  // Files of secrets lie elsewhere: whoever cleans up after a daemon that dies now must know where.
  if (record.runtimeDirectory !== undefined) await replica.update({})
  const [ports] = await Promise.all([assignPorts(replica, spec), prepareVolumes(spec, mountPlaces(replica, spec))])
  // Processes are found by their marks and the directory, so the first of them need not wait for the record.
  const saved = replica.update({
    containers: record.containers.map((container) => ({ ...container, ports: ports.get(container.name) ?? [] })),
  })
  saved.catch(() => {})
  replica.watch()
  const { initContainers, containers: main } = spec.revision.spec.pod
  for (const { name } of initContainers) await runToSuccess(replica, { spec, name }, signal)
  if (containers === 'all') await Promise.all(main.map(({ name }) => startContainer(replica, { spec, name, restarts: 0 }, signal)))
  signal.throwIfAborted()
  const started = replica.update({ progress: 'started', since: replica.context.clock.now() })
  // Told before it is on disk: a held request would wait for that otherwise.
  replica.context.hints.post(record.environment, record.id)
  await Promise.all([saved, started])
}

async function assignPorts(replica: Replica, spec: ReplicaSpec): Promise<Map<string, LocalPort[]>> {
  const { ports } = replica.context
  const { environment, component, ordinal } = replica.record
  const all = new Map<string, LocalPort[]>()
  await Promise.all(
    spec.revision.spec.pod.containers.map(async (container) => {
      const taken = container.ports.map(async ({ name, number }) => ({
        name,
        number,
        local: await ports.take({ environment, component, ordinal, container: container.name, number }),
        ...(process.platform === 'linux' ? {} : { declaredWasFree: await isFree(number) }),
      }))
      all.set(container.name, await Promise.all(taken))
    }),
  )
  return all
}
