import type { ExecOptions, ReplicaSpec } from '../../../../src/model/engine.ts'
import type { Container } from '../../../../src/model/pod.ts'
import { createContainer, removeContainer } from '../containers.ts'
import { names } from '../place.ts'
import { failedInit } from './init-containers.ts'
import type { VolumePlaces } from './mounts.ts'
import { type OneOffNetwork, oneOffBody } from './one-off-options.ts'
import { never, type PodParts } from './parts.ts'
import { waitForExit } from './wait.ts'

export interface OneOffCall {
  readonly spec: ReplicaSpec
  readonly options: ExecOptions
}

/** A copy of a component that has a network and volumes. */
export interface OneOff extends OneOffCall {
  readonly network: OneOffNetwork
  readonly places: VolumePlaces
}

/** Creates one of its containers; resolves to its id. */
export async function createOneOff(
  { context }: PodParts,
  { spec, network, places, options }: OneOff,
  container: { model: Container; command: 'own' | 'given' },
): Promise<string> {
  const { model, command } = container
  const place = { replica: spec.ref.id, container: model.name, restarts: 0 }
  const body = oneOffBody({ spec, model, network, places, home: context.place.home, ...(command === 'given' ? { options } : {}) })
  return createContainer(context, { name: `${names.container(context.place, spec.ref.owner.environment, place)}-run`, body }, never)
}

/** Runs an init container of it to its end; one that fails is a fault with its last lines. */
export async function runOneOffInit(parts: PodParts, oneOff: OneOff, model: Container, signal: AbortSignal): Promise<void> {
  const { context } = parts
  const id = await createOneOff(parts, oneOff, { model, command: 'own' })
  await context.docker.getContainer(id).start()
  const code = await waitForExit(context, id, signal)
  if (code !== 0) throw await failedInit(context, { spec: oneOff.spec, model, id, code }, signal)
  await removeContainer(context, id, never)
}
