import type { ReplicaSpec } from '../../../../src/model/engine.ts'
import { claimKey } from '../../../../src/model/names.ts'
import type { Container, Volume } from '../../../../src/model/pod.ts'
import type { DockerContext } from '../context.ts'
import { names } from '../place.ts'
import { type PlacedVolume, placeKey, subPathOf, type VolumePlaces, volumeOf } from './mounts.ts'
import { together } from './together.ts'

export interface VolumeOrder {
  readonly spec: ReplicaSpec
  readonly containers: readonly Container[]
  /** Tells apart what goes on at the same time in a replica. */
  readonly purpose: string
}

/** A volume of the engine that containers of a pod mount. */
export interface UsedVolume {
  readonly key: string
  readonly volume: Volume
  /** Name on the engine. */
  readonly name: string
  /** Directories that containers write to, `.` for its own, with their images. */
  readonly writers: { readonly directory: string; readonly image: string }[]
  /** Some container mounts a directory of it. */
  inParts: boolean
}

/** What the containers mount of volumes; paths of the machine are none. */
export function usedVolumes({ place }: DockerContext, { spec, containers }: VolumeOrder): readonly UsedVolume[] {
  const { namespace, pod } = spec.revision.spec
  const { environment } = spec.ref.owner
  const used = new Map<string, UsedVolume>()
  for (const container of containers) {
    for (const mount of container.mounts) {
      const volume = volumeOf(container, mount, pod.volumes)
      const { source } = volume
      if (source.type === 'bind') continue
      const subPath = subPathOf(container, mount)
      const key = placeKey(volume, subPath)
      const name =
        source.type === 'named'
          ? names.volume(place, environment, claimKey(namespace, source.claim))
          : names.emptyVolume(place, environment, spec.ref.id, key.replaceAll(/[^\w.-]/g, '_'))
      const known = used.get(key) ?? { key, volume, name, writers: [], inParts: false }
      used.set(key, known)
      if (subPath !== undefined && key === volume.name) known.inParts = true
      if (!mount.readOnly) known.writers.push({ directory: subPath ?? '.', image: container.image.id ?? container.image.ref })
    }
  }
  return [...used.values()]
}

/** Directories on the engine's machine are asked for only where a part of a volume is mounted. */
export async function placesOf({ docker }: DockerContext, used: readonly UsedVolume[]): Promise<VolumePlaces> {
  const places = await together(
    used.map(async ({ key, name, inParts }): Promise<[string, PlacedVolume]> => {
      const directory = inParts ? (await docker.getVolume(name).inspect()).Mountpoint : ''
      return [key, { name, directory }]
    }),
  )
  return new Map(places)
}
