import { accessSync, constants } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, normalize, sep } from 'node:path'
import { hashValue } from '../../../src/kernel/hash.ts'
import type { ReplicaSpec } from '../../../src/model/engine.ts'
import { claimKey } from '../../../src/model/names.ts'
import type { Container, Mount, Volume } from '../../../src/model/pod.ts'
import { variableName } from './container-environment.ts'
import { faults } from './faults.ts'
import { checkName } from './names.ts'

export interface MountPlaces {
  /** Of the component: claims belong to a namespace. */
  readonly namespace: string
  /** Directories of named volumes. */
  readonly volumes: string
  /** Directories that live as long as the replica. */
  readonly empty: string
  /** Memory, closed to others: files of config and secret volumes. */
  readonly runtime: string
}

/** The directory for what must not reach a disk where that can be avoided; one for each replica. */
export function runtimeDirectory(home: string, environment: string, replica: string): string {
  const user = process.getuid?.() ?? 0
  return join(memoryRoot(), `minipaas-${user}`, hashValue(home, 12), environment, replica)
}

function memoryRoot(): string {
  const places = [process.env.XDG_RUNTIME_DIR, process.platform === 'linux' ? '/dev/shm' : undefined]
  for (const place of places) {
    if (place === undefined || !isAbsolute(place)) continue
    try {
      accessSync(place, constants.W_OK | constants.X_OK)
      return place
    } catch {
      // Not there, or not ours.
    }
  }
  return tmpdir()
}

export function needsRuntimeDirectory(spec: ReplicaSpec): boolean {
  return spec.revision.spec.pod.volumes.some(({ source }) => source.type === 'config' || source.type === 'secret' || isInMemory(source))
}

function isInMemory(source: Volume['source']): boolean {
  return source.type === 'empty' && source.medium === 'memory'
}

/** Makes the volumes of a replica; after that `mountVariables` knows where they are. */
export async function prepareVolumes(spec: ReplicaSpec, places: MountPlaces): Promise<void> {
  const used = spec.revision.spec.pod.volumes
  await Promise.all(used.map((volume) => prepareVolume(volume, spec, places)))
}

async function prepareVolume(volume: Volume, spec: ReplicaSpec, places: MountPlaces): Promise<void> {
  const { source } = volume
  if (source.type === 'bind') return
  const root = rootOf(volume, places)
  await mkdir(root, { recursive: true, mode: 0o700 })
  if (source.type !== 'config' && source.type !== 'secret') return
  const files = spec.filesOf({ kind: source.type, name: source.name })
  if (files === undefined) throw faults.badMount(spec.revision.component, volume.name, `there is no ${source.type} ${source.name}`)
  const items = source.items ?? [...files.keys()].map((key) => ({ key, path: key }))
  await Promise.all(
    items.map(async (item) => {
      const content = files.get(item.key)
      if (content === undefined) throw faults.badMount(spec.revision.component, volume.name, `${source.name} has no key ${item.key}`)
      const path = inside(root, item.path)
      if (path === undefined) throw faults.badMount(spec.revision.component, volume.name, `the path ${item.path} leaves the volume`)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await rm(path, { force: true })
      await writeFile(path, content, { mode: ('mode' in item ? item.mode : undefined) ?? source.mode })
    }),
  )
}

function rootOf({ name, source }: Volume, places: MountPlaces): string {
  switch (source.type) {
    case 'named':
      return join(places.volumes, checkName('a volume', claimKey(places.namespace, source.claim)))
    case 'bind':
      return source.path
    case 'empty':
      return join(source.medium === 'memory' ? places.runtime : places.empty, checkName('a volume', name))
    case 'config':
    case 'secret':
      return join(places.runtime, checkName('a volume', name))
  }
}

/** `MINIPAAS_MOUNT_<NAME>` for each mount; a volume that is mounted twice gets a number from the second on. */
export async function mountVariables(container: Container, volumes: readonly Volume[], places: MountPlaces): Promise<Map<string, string>> {
  const variables = new Map<string, string>()
  for (const mount of container.mounts) {
    const path = await mountPath(container, mount, { volumes, places })
    const base = `MINIPAAS_MOUNT_${variableName(mount.volume)}`
    let name = base
    for (let count = 2; variables.has(name); count++) name = `${base}_${count}`
    variables.set(name, path)
  }
  return variables
}

async function mountPath(container: Container, mount: Mount, from: { volumes: readonly Volume[]; places: MountPlaces }): Promise<string> {
  const volume = from.volumes.find(({ name }) => name === mount.volume)
  if (volume === undefined) throw faults.badMount(container.name, mount.volume, 'the component has no such volume')
  const root = rootOf(volume, from.places)
  if (mount.subPath === undefined || mount.subPath === '') return root
  const path = inside(root, mount.subPath)
  if (path === undefined) throw faults.badMount(container.name, mount.volume, `the sub-path ${mount.subPath} leaves the volume`)
  // Kubernetes makes a missing sub-path a directory; files of config and secret volumes exist already.
  const given = volume.source.type === 'config' || volume.source.type === 'secret'
  if (!given) await mkdir(path, { recursive: true, mode: 0o700 })
  return path
}

/** The path below the root; undefined when it would leave it. */
function inside(root: string, path: string): string | undefined {
  const normal = normalize(path)
  if (isAbsolute(normal) || normal === '..' || normal.startsWith(`..${sep}`)) return undefined
  return join(root, normal)
}
