import type { ReplicaSpec } from '../../../src/model/engine.ts'
import type { Container } from '../../../src/model/pod.ts'
import type { EngineContext } from './context.ts'
import { faults } from './faults.ts'
import { needsRuntimeDirectory, runtimeDirectory } from './mounts.ts'
import { checkName } from './names.ts'
import type { Replica } from './replica.ts'
import type { ContainerRecord, ReplicaRecord } from './replica-record.ts'

export interface StartOrder {
  readonly spec: ReplicaSpec
  readonly kind: ReplicaRecord['kind']
  /** Containers to start; a one-off runs its own command instead. */
  readonly containers: 'all' | 'none'
}

/** What can be known to fail before anything is touched. */
export function checkStartable(spec: ReplicaSpec, others: Iterable<Replica>): void {
  const { component, spec: model } = spec.revision
  const [sidecar] = spec.sidecars
  if (sidecar !== undefined) throw faults.noSidecars('process', sidecar.type)
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

/** The record of a replica before anything of it exists. */
export function newRecord(context: EngineContext, { spec, kind }: StartOrder): ReplicaRecord {
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
