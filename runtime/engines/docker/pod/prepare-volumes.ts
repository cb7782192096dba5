import type { ReplicaSpec } from '../../../../src/model/engine.ts'
import { claimKey } from '../../../../src/model/names.ts'
import type { DockerContext } from '../context.ts'
import { volumeFacet } from '../volumes.ts'
import { fillVolumes } from './carrier.ts'
import type { VolumePlaces } from './mounts.ts'
import { listReplicaVolumes, makeReplicaVolume, removeVolumes } from './replica-volumes.ts'
import { together } from './together.ts'
import { placesOf, type UsedVolume, usedVolumes, type VolumeOrder } from './used-volumes.ts'
import { fillsOf } from './volume-fills.ts'

export interface PreparedVolumes {
  readonly places: VolumePlaces
  /** Resolves when nothing is left of the work. */
  readonly cleaned: Promise<void>
}

const CLEAN = Promise.resolve()

/**
 * Makes the volumes that containers mount, where they are missing: named ones for the environment, the others for the replica, with
 * the files of config maps and secrets. Containers that run as another user than root find empty volumes writable, as in a cluster.
 */
export async function prepareVolumes(context: DockerContext, order: VolumeOrder, signal: AbortSignal): Promise<PreparedVolumes> {
  const { spec, containers, purpose } = order
  const used = usedVolumes(context, order)
  if (used.length === 0) return { places: new Map(), cleaned: CLEAN }
  const named = used.filter(({ volume }) => volume.source.type === 'named')
  const missing = await missingOf(context, spec, { used, signal })
  // Before anything is made: a missing object is a fault that leaves nothing.
  const fills = await fillsOf(context, spec, [...named, ...missing])
  await together([makeNamed(context, spec, { named, signal }), ...missing.map((volume) => makeReplicaVolume(context, spec.ref, volume))])
  try {
    const [image] = containers.map(({ image: { id, ref } }) => id ?? ref)
    const filling = fills.length === 0 || image === undefined ? { cleaned: CLEAN } : fillVolumes(context, { spec, purpose, image, fills })
    const [{ cleaned }, places] = await together([filling, placesOf(context, used)] as const)
    return { places, cleaned }
  } catch (error) {
    // One that is there counts as filled.
    const names = missing.map(({ name }) => name)
    await removeVolumes(context, names)
    throw error
  }
}

/** Volumes of the replica that are not there. */
async function missingOf(
  context: DockerContext,
  spec: ReplicaSpec,
  { used, signal }: { readonly used: readonly UsedVolume[]; readonly signal: AbortSignal },
): Promise<readonly UsedVolume[]> {
  const own = used.filter(({ volume }) => volume.source.type !== 'named')
  if (own.length === 0) return []
  const known = await listReplicaVolumes(context, spec.ref, signal)
  return own.filter(({ name }) => !known.has(name))
}

async function makeNamed(
  context: DockerContext,
  { ref, revision }: ReplicaSpec,
  { named, signal }: { readonly named: readonly UsedVolume[]; readonly signal: AbortSignal },
): Promise<void> {
  const { ensure } = volumeFacet(context)
  await together(
    named.map(async ({ volume: { source } }) => {
      if (source.type === 'named') await ensure(claimKey(revision.spec.namespace, source.claim), ref.owner, signal)
    }),
  )
}
