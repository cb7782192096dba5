import type { ReplicaRef } from '../../../../src/model/engine.ts'
import { ignoreMissing } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { LABELS } from '../labels.ts'
import { listOurVolumes } from '../our-volumes.ts'
import { ownerLabels } from './pod-labels.ts'
import { together } from './together.ts'
import type { UsedVolume } from './used-volumes.ts'

/** Names on the engine of the volumes that live as long as the replica. */
export async function listReplicaVolumes(context: DockerContext, of: ReplicaRef, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const volumes = await listOurVolumes(context, of.owner, signal)
  return new Set(volumes.filter(({ Labels: labels }) => labels[LABELS.replica] === of.id).map(({ Name: name }) => name))
}

/** Removes the volumes that live as long as the replica; its containers must be gone. */
export async function removeReplicaVolumes(context: DockerContext, of: ReplicaRef, signal: AbortSignal): Promise<void> {
  await removeVolumes(context, [...(await listReplicaVolumes(context, of, signal))])
}

export async function removeVolumes({ docker }: DockerContext, names: readonly string[]): Promise<void> {
  await together(names.map((name) => ignoreMissing(docker.getVolume(name).remove())))
}

export async function makeReplicaVolume({ docker, place }: DockerContext, of: ReplicaRef, { name, volume }: UsedVolume): Promise<void> {
  const { source } = volume
  const inMemory = source.type === 'empty' && source.medium === 'memory'
  await docker.createVolume({
    Name: name,
    Labels: {
      ...ownerLabels('volume', of.owner, place.home),
      [LABELS.replica]: of.id,
      'com.docker.compose.project': of.owner.environment,
    },
    ...(inMemory ? { Driver: 'local', DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'mode=0777' } } : {}),
  })
}
