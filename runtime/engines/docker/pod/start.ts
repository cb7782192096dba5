import type { ReplicaSpec } from '../../../../src/model/engine.ts'
import { isInitFailure } from '../../../../src/model/engine-faults.ts'
import { faults } from '../faults.ts'
import { type ContainerRun, createPodContainer } from './create-container.ts'
import { runToSuccess } from './init-containers.ts'
import { type PodParts, sandboxOf } from './parts.ts'
import { isStarted, listPodContainers } from './pod-containers.ts'
import { membersOf } from './pod-labels.ts'
import { prepareVolumes } from './prepare-volumes.ts'
import { removeReplica } from './remove.ts'
import { startPodContainer } from './run-container.ts'
import { together } from './together.ts'

/**
 * Starts a replica as a whole: init containers one after the other, then all containers at once. What fails leaves nothing behind but the
 * sandbox, and what an init container that failed has said. All containers are created before the first one runs, so that one that is
 * missing later was taken away by somebody.
 */
export async function startReplica(parts: PodParts, spec: ReplicaSpec, signal: AbortSignal): Promise<void> {
  const { ref, revision } = spec
  const [sidecar] = spec.sidecars
  if (sidecar !== undefined) throw faults.noSidecars('docker', sidecar.type)
  // Looked for meanwhile: a held request waits for both.
  const early = sandboxOf(parts, spec, signal)
  early.catch(() => {})
  const existing = await listPodContainers(parts.context, ref, signal)
  const other = existing.find(({ hash }) => hash !== revision.hash)
  if (other !== undefined) throw faults.otherRevision(ref, other.hash)
  if (isStarted(existing)) return
  // Nobody goes on with an interrupted start: what its hooks and files have come to is not known.
  if (existing.length > 0) await removeReplica(parts, ref)
  try {
    // What ran in the sandbox may have kept it from being replaced.
    await bringUp(parts, spec, { sandbox: existing.length > 0 ? sandboxOf(parts, spec, signal) : early, signal })
  } catch (error) {
    // What an init container said that failed can be read until the next start.
    if (signal.aborted || !isInitFailure(error)) await removeReplica(parts, ref)
    throw error
  }
}

async function bringUp(
  parts: PodParts,
  spec: ReplicaSpec,
  { sandbox: ensured, signal }: { readonly sandbox: ReturnType<typeof sandboxOf>; readonly signal: AbortSignal },
): Promise<void> {
  const { context } = parts
  const { initContainers, containers } = spec.revision.spec.pod
  const volumes = { spec, containers: [...initContainers, ...containers], purpose: 'volumes' }
  const [sandbox, { places, cleaned }] = await together([ensured, prepareVolumes(context, volumes, signal)] as const)
  const roles = new Map(membersOf(spec.revision.spec.pod).map(({ name, role }) => [name, role]))
  const toRun = (model: ContainerRun['model'], role: ContainerRun['role']): ContainerRun => ({
    spec,
    model,
    role,
    restarts: 0,
    sandbox,
    places,
  })
  const create = async (run: ContainerRun): Promise<{ run: ContainerRun; id: string }> => ({
    run,
    id: await createPodContainer(parts, run),
  })
  const [init, main] = await together([
    together(initContainers.map((model) => create(toRun(model, 'init')))),
    together(containers.map((model) => create(toRun(model, roles.get(model.name) ?? 'app')))),
  ] as const)
  for (const { run, id } of init) await runToSuccess(parts, run, { id, signal })
  await together(main.map(({ run, id }) => startPodContainer(parts, run, { id, signal })))
  signal.throwIfAborted()
  await cleaned
}
