import type { FreezeFacet } from '../../../../src/model/engine.ts'
import type { DockerContext } from '../context.ts'
import { hasStatus } from '../faults.ts'
import { type PodParts, replicaKey } from './parts.ts'
import { findPodContainers, type PodContainer } from './pod-containers.ts'
import { together } from './together.ts'

/** Freezing takes the processor away from all containers of a replica; the sandbox stays, so that connections are kept. */
export function freezeFacet({ context, turns }: PodParts): FreezeFacet {
  return {
    freeze: (of, signal) =>
      turns.alone(replicaKey(of), async () => {
        const running = (await findPodContainers(context, of, signal)).filter(({ state }) => state === 'running')
        await together(running.map(({ id }) => ignoringConflict(context.docker.getContainer(id).pause())))
      }),
    thaw: (of, signal) => turns.alone(replicaKey(of), async () => thawContainers(context, await findPodContainers(context, of, signal))),
  }
}

export async function thawContainers({ docker }: DockerContext, containers: readonly PodContainer[]): Promise<void> {
  const paused = containers.filter(({ state }) => state === 'paused')
  await together(paused.map(({ id }) => ignoringConflict(docker.getContainer(id).unpause())))
}

/** It was in that state already, or ended meanwhile. */
async function ignoringConflict(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!hasStatus(error, 404, 409) && !/already paused|not paused|not running|state improper/i.test(String(error))) throw error
  }
}
