import type { ReplicaSpec } from '../../../../src/model/engine.ts'
import { createContainer, removeContainer } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { LABELS } from '../labels.ts'
import { names } from '../place.ts'
import { type ArchiveEntry, makeArchive } from './archive.ts'
import { never } from './parts.ts'
import { pathMode } from './path-mode.ts'
import { ownerLabels } from './pod-labels.ts'

/** Mode of the directory of a volume that nobody has touched yet. */
const FRESH_MODE = 0o755
/** Source: Kubernetes, emptyDir. */
const OPEN_MODE = 0o777

/** Where the volumes are in the carrier. */
const PLACES = '/volumes'

export interface VolumeFill {
  /** Name on the engine. */
  readonly volume: string
  readonly entries: readonly ArchiveEntry[]
  /** Directories in it that users other than root are to write to, `.` for its own; one that is in use stays as it is. */
  readonly open: readonly string[]
}

export interface CarrierOrder {
  readonly spec: ReplicaSpec
  /** Tells apart what goes on at the same time in a replica. */
  readonly purpose: string
  /** Any image that is there: nothing of it is run. */
  readonly image: string
  readonly fills: readonly VolumeFill[]
}

/**
 * Puts files into volumes before any container of a replica runs: no file system is shared with the engine, a container's own mounts of them
 * may be read-only, and a container that is only created costs little. The promise inside resolves when it is gone again.
 */
export async function fillVolumes(context: DockerContext, order: CarrierOrder): Promise<{ readonly cleaned: Promise<void> }> {
  const { spec, purpose, image, fills } = order
  const { ref } = spec
  const name = names.container(context.place, ref.owner.environment, { replica: ref.id, container: `.${purpose}`, restarts: 0 })
  const body = {
    Image: image,
    Entrypoint: ['/'],
    Labels: { ...ownerLabels('one-off', ref.owner, context.place.home), [LABELS.replica]: ref.id },
    HostConfig: { NetworkMode: 'none', Binds: fills.map(({ volume }, index) => `${volume}:${PLACES}/${index}:nocopy`) },
  }
  const id = await createContainer(context, { name, body }, never)
  try {
    // One after the other: the engine does them so anyway.
    for (const [index, fill] of fills.entries()) await fillVolume(context, id, { fill, index })
  } catch (error) {
    await removeContainer(context, id, never)
    throw error
  }
  const cleaned = removeContainer(context, id, never)
  cleaned.catch(() => {})
  return { cleaned }
}

async function fillVolume(
  context: DockerContext,
  id: string,
  { fill, index }: { readonly fill: VolumeFill; readonly index: number },
): Promise<void> {
  const container = context.docker.getContainer(id)
  const at = `${PLACES}/${index}`
  const entries = [...fill.entries]
  for (const directory of fill.open) {
    const mode = await pathMode(context, id, `${at}/${directory}`)
    if (mode !== undefined && !(directory === '.' && mode === FRESH_MODE)) continue
    entries.push({ type: 'directory', name: directory, mode: OPEN_MODE })
    if (directory !== '.') continue
    // Docker leaves the directory alone into which it unpacks, so it is told from above; Podman has nothing of the volume there.
    const above = await makeArchive([{ type: 'directory', name: String(index), mode: OPEN_MODE }])
    await container.putArchive(above, { path: PLACES })
  }
  if (entries.length > 0) await container.putArchive(await makeArchive(entries), { path: at })
}
