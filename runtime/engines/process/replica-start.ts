import { mkdir } from 'node:fs/promises'
import type { ReplicaSpec } from '../../../src/model/engine.ts'
import type { Container } from '../../../src/model/pod.ts'
import { modelOf, mountPlaces, startContainer } from './container-start.ts'
import type { EngineContext } from './context.ts'
import { faults } from './faults.ts'
import { lastOutput } from './last-output.ts'
import { signalOf } from './launch.ts'
import { needsRuntimeDirectory, prepareVolumes, runtimeDirectory } from './mounts.ts'
import { checkName } from './names.ts'
import { isFree } from './ports.ts'
import { Replica } from './replica.ts'
import type { ContainerRecord, LocalPort, ReplicaRecord } from './replica-record.ts'
import type { ReplicaRegistry } from './replica-registry.ts'
import { markSecrets } from './secret-marks.ts'

/** Starts a replica as a whole: init containers one after the other, then all containers at once. What fails leaves nothing. */
export async function startReplica(
  registry: ReplicaRegistry,
  context: EngineContext,
  start: StartOrder,
  signal: AbortSignal,
): Promise<Replica> {
  const { spec } = start
  const all = await registry.all(spec.ref.owner)
  const existing = all.get(spec.ref.id)
  if (existing !== undefined) {
    if (existing.record.hash !== spec.revision.hash) throw faults.otherRevision(spec.ref, existing.record.hash)
    await existing.inTurn(async () => {})
    if (all.get(spec.ref.id) === existing) return existing
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
    await registry.destroy(replica)
    throw error
  }
  context.hints.post(spec.ref.owner.environment, spec.ref.id)
  return replica
}

export interface StartOrder {
  readonly spec: ReplicaSpec
  readonly kind: ReplicaRecord['kind']
  /** Containers to start; a one-off runs its own command instead. */
  readonly containers: 'all' | 'none'
}

/** What can be known to fail before anything is touched. */
function checkStartable(spec: ReplicaSpec, others: Iterable<Replica>): void {
  const { component, spec: model } = spec.revision
  const [sidecar] = spec.sidecars
  if (sidecar !== undefined) throw faults.noSidecars(sidecar.type)
  const main = model.pod.containers[0]?.name
  for (const { name, process } of [...model.pod.containers, ...model.pod.initContainers]) {
    if (process === undefined) throw faults.noProcessForm(component, name, name === main ? 'app' : 'other')
    checkName('a container', name)
  }
  for (const other of others) {
    const running = other.record.component === component && other.record.containers.some(({ name }) => other.isRunning(name))
    if (running && other.fixedPort !== undefined) throw faults.fixedPort(component, other.fixedPort.number)
  }
}

function newRecord(context: EngineContext, { spec, kind }: StartOrder): ReplicaRecord {
  const { ref, revision } = spec
  const { containers, initContainers, graceMs } = revision.spec.pod
  const toRecord = (container: Container, role: ContainerRecord['role']): ContainerRecord => ({
    name: container.name,
    role,
    cwd: container.process?.cwd ?? '/',
    ports: [],
    restarts: 0,
    ...(container.lifecycle.preStop === undefined ? {} : { preStop: container.lifecycle.preStop }),
  })
  return {
    version: 1,
    kind,
    id: ref.id,
    environment: ref.owner.environment,
    instance: ref.owner.instance,
    app: spec.app,
    component: revision.component,
    revision: revision.id,
    hash: revision.hash,
    ordinal: spec.ordinal,
    restartToken: spec.restartToken,
    pushToken: 0,
    graceMs,
    progress: 'starting',
    since: context.clock.now(),
    frozen: false,
    ...(needsRuntimeDirectory(spec) ? { runtimeDirectory: runtimeDirectory(context.home, ref.owner.environment, ref.id) } : {}),
    containers: [
      ...initContainers.map((container) => toRecord(container, 'init')),
      ...containers.map((container, index) => toRecord(container, index === 0 ? 'app' : 'sidecar')),
    ],
  }
}

async function bringUp(replica: Replica, { spec, containers }: StartOrder, signal: AbortSignal): Promise<void> {
  const { files, record } = replica
  const folders = [files.logs, files.logIndex].map((path) => mkdir(path, { recursive: true, mode: 0o700 }))
  const [ports] = await Promise.all([assignPorts(replica, spec), prepareVolumes(spec, mountPlaces(replica, spec)), ...folders])
  // Processes are found by their marks and the directory, so the first of them need not wait for the record.
  const saved = replica.update({
    containers: record.containers.map((container) => ({ ...container, ports: ports.get(container.name) ?? [] })),
  })
  saved.catch(() => {})
  replica.watch()
  const { initContainers, containers: main } = spec.revision.spec.pod
  for (const { name } of initContainers) await runToSuccess(replica, spec, name, signal)
  if (containers === 'all') await Promise.all(main.map(({ name }) => startContainer(replica, spec, { name, restarts: 0 }, signal)))
  signal.throwIfAborted()
  await saved
  await replica.update({ progress: 'started', since: replica.context.clock.now() })
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

async function runToSuccess(replica: Replica, spec: ReplicaSpec, name: string, signal: AbortSignal): Promise<void> {
  const { ended } = await startContainer(replica, spec, { name, restarts: 0 }, signal)
  await orAborted(ended, signal)
  const code = (await replica.ended(name))?.code ?? 0
  await replica.cleaned(name)
  if (code === 0) return
  const output = await lastOutput(replica, name)
  const by = signalOf(code)
  const how = by === undefined ? `ended with exit code ${code}` : `was ended by ${by}`
  throw faults.initFailed(name, how, markSecrets(output, modelOf(spec, name), spec.environmentOf(name)))
}

function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    void work.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
}
