import { posix } from 'node:path'
import type Docker from 'dockerode'
import type { Container, Mount, Volume } from '../../../../src/model/pod.ts'
import { faults } from '../faults.ts'

/** A volume as the engine has it: its name there and, for parts of it, its directory on the engine's machine. */
export interface PlacedVolume {
  readonly name: string
  readonly directory: string
}

/** What a container mounts, in the engine's two forms. */
export interface ContainerMounts {
  readonly mounts: readonly Docker.MountSettings[]
  /** `source:target[:ro]`. */
  readonly binds: readonly string[]
}

/** Places of volumes by what `placeKey` says. */
export type VolumePlaces = ReadonlyMap<string, PlacedVolume>

/** A part of a volume in memory is a volume of its own: the directory of one that nobody mounts is empty. */
export function placeKey(volume: Volume, subPath: string | undefined): string {
  const { source } = volume
  return subPath !== undefined && source.type === 'empty' && source.medium === 'memory' ? `${volume.name}/${subPath}` : volume.name
}

/** The volume of a mount; a fault when the component has none of that name. */
export function volumeOf(container: Container, mount: Mount, volumes: readonly Volume[]): Volume {
  const volume = volumes.find(({ name }) => name === mount.volume)
  if (volume === undefined) throw faults.badMount(container.name, mount.volume, 'the component has no such volume')
  return volume
}

/** The path inside the volume; undefined for the volume itself. A path that leaves the volume is a fault. */
export function subPathOf(container: Container, mount: Mount): string | undefined {
  if (mount.subPath === undefined || mount.subPath === '') return undefined
  const path = insidePath(mount.subPath)
  if (path === undefined) throw faults.badMount(container.name, mount.volume, `the sub-path ${mount.subPath} leaves the volume`)
  return path === '.' ? undefined : path
}

/** A relative path without detours; undefined when it leads out. */
export function insidePath(path: string): string | undefined {
  const normal = posix.normalize(path).replace(/\/$/, '')
  return posix.isAbsolute(normal) || normal === '..' || normal.startsWith('../') ? undefined : normal
}

/**
 * A part of a volume is given as a directory of the engine's machine, which every engine can do; it makes one that is missing, as
 * Kubernetes does. A volume begins empty as in a cluster: nothing of the image is copied into it. Config and secret volumes cannot be written.
 */
export function containerMounts(container: Container, volumes: readonly Volume[], places: VolumePlaces): ContainerMounts {
  const mounts: Docker.MountSettings[] = []
  const binds: string[] = []
  for (const mount of container.mounts) {
    const volume = volumeOf(container, mount, volumes)
    const subPath = subPathOf(container, mount)
    const { source } = volume
    const readOnly = mount.readOnly || source.type === 'config' || source.type === 'secret'
    if (source.type === 'bind') {
      const path = subPath === undefined ? source.path : posix.join(source.path, subPath)
      mounts.push({ Type: 'bind', Source: path, Target: mount.path, ReadOnly: readOnly })
      continue
    }
    const key = placeKey(volume, subPath)
    const place = places.get(key)
    if (place === undefined) throw faults.badMount(container.name, volume.name, 'it does not exist on the engine')
    if (subPath === undefined || key !== volume.name) mounts.push(wholeVolume(place.name, mount.path, readOnly))
    else binds.push(partOfVolume(container, mount, { directory: posix.join(place.directory, subPath), readOnly }))
  }
  return { mounts, binds }
}

function wholeVolume(name: string, target: string, readOnly: boolean): Docker.MountSettings {
  const options = { NoCopy: true } as NonNullable<Docker.MountSettings['VolumeOptions']>
  return { Type: 'volume', Source: name, Target: target, ReadOnly: readOnly, VolumeOptions: options }
}

function partOfVolume(container: Container, mount: Mount, part: { readonly directory: string; readonly readOnly: boolean }): string {
  const words = [part.directory, mount.path]
  // The form has no way to quote it.
  if (words.some((word) => word.includes(':')))
    throw faults.badMount(container.name, mount.volume, 'the path of a sub-path mount must not contain a colon')
  return `${words.join(':')}${part.readOnly ? ':ro' : ''}`
}
