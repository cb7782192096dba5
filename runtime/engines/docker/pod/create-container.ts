import type { ReplicaSpec } from '../../../../src/model/engine.ts'
import type { ContainerRole } from '../../../../src/model/observed.ts'
import type { Container } from '../../../../src/model/pod.ts'
import { createContainer } from '../containers.ts'
import { names } from '../place.ts'
import type { Sandbox } from '../sandbox.ts'
import { containerOptions } from './container-options.ts'
import { isPodman } from './engine-kind.ts'
import { containerMounts, type VolumePlaces } from './mounts.ts'
import { never, type PodParts } from './parts.ts'
import { podLabels } from './pod-labels.ts'

/** One run of a container of a replica. */
export interface ContainerRun {
  readonly spec: ReplicaSpec
  readonly model: Container
  readonly role: ContainerRole
  readonly restarts: number
  readonly sandbox: Sandbox
  readonly places: VolumePlaces
}

/** Creates a container of a replica in its sandbox; resolves to its id. */
export async function createPodContainer({ context }: PodParts, run: ContainerRun): Promise<string> {
  const { spec, model, role, restarts, sandbox, places } = run
  const { ref, revision } = spec
  const body = containerOptions({
    model,
    environment: spec.environmentOf(model.name),
    labels: podLabels(spec, { model, role, restarts, sandbox: sandbox.id }, context.place.home),
    networkMode: `container:${sandbox.id}`,
    // With Docker the hostname comes with the network.
    ...((await isPodman(context)) ? { hostnameOf: sandbox.id } : {}),
    mounts: containerMounts(model, revision.spec.pod.volumes, places),
    graceMs: revision.spec.pod.graceMs,
  })
  const name = names.container(context.place, ref.owner.environment, { replica: ref.id, container: model.name, restarts })
  // Not with the caller's signal: a request that was cut off may still have made a container that nobody knows.
  return createContainer(context, { name, body }, never)
}
