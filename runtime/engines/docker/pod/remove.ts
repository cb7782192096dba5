import type { ReplicaRef } from '../../../../src/model/engine.ts'
import { ours } from '../containers.ts'
import { LABELS } from '../labels.ts'
import { never, type PodParts } from './parts.ts'
import { removeAtOnce } from './remove-at-once.ts'
import { removeReplicaVolumes } from './replica-volumes.ts'
import { together } from './together.ts'

/**
 * Ends and removes the containers of a replica with the volumes that live as long as it does. The sandbox stays for the next replica of
 * its ordinal. Goes on to the end although nobody waits: what is left half removed would be found by nobody.
 */
export async function removeReplica({ context }: PodParts, of: ReplicaRef): Promise<void> {
  const { label } = ours(context, of.owner)
  const filters = { label: [...label, `${LABELS.replica}=${of.id}`] }
  const found = await context.docker.listContainers({ all: true, filters })
  await together(found.map(({ Id: id }) => removeAtOnce(context, id)))
  await removeReplicaVolumes(context, of, never)
}
