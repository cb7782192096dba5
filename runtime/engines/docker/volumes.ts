import type { Owner, VolumeFacet } from '../../../src/model/engine.ts'
import { containerName } from './containers.ts'
import type { DockerContext } from './context.ts'
import { engineWords, faults, hasStatus } from './faults.ts'
import { LABELS } from './labels.ts'
import { listOurVolumes } from './our-volumes.ts'
import { names } from './place.ts'

/** Named volumes of the model as labelled volumes of the engine. Those of a replica (label `replica`) are not among them. */
export function volumeFacet(context: DockerContext): VolumeFacet {
  return {
    ensure: (name, owner, signal) => ensureVolume(context, { name, owner, signal }),
    remove: (name, owner, signal) => removeVolume(context, { name, owner, signal }),
  }
}

interface Order {
  readonly name: string
  readonly owner: Owner
  readonly signal: AbortSignal
}

async function ensureVolume({ docker, place }: DockerContext, { name, owner, signal }: Order): Promise<void> {
  const volume = names.volume(place, owner.environment, name)
  await docker.createVolume({
    Name: volume,
    Labels: {
      [LABELS.role]: 'volume',
      [LABELS.home]: place.home,
      [LABELS.environment]: owner.environment,
      [LABELS.instance]: owner.instance,
      [LABELS.name]: name,
      'com.docker.compose.project': owner.environment,
      'com.docker.compose.volume': name,
    },
    abortSignal: signal,
  })
  // The engine answers with a volume of that name that somebody else made, as it is.
  const { Labels: labels } = await docker.getVolume(volume).inspect()
  if (labels?.[LABELS.home] !== place.home || labels[LABELS.name] !== name) throw faults.nameTaken('volume', volume)
}

/** One that is gone, or that somebody else made, is success. */
async function removeVolume({ docker, place }: DockerContext, { name, owner, signal }: Order): Promise<void> {
  const volume = docker.getVolume(names.volume(place, owner.environment, name))
  try {
    const { Labels: labels } = await volume.inspect()
    if (labels?.[LABELS.home] === place.home) await volume.remove({ abortSignal: signal })
  } catch (error) {
    if (hasStatus(error, 404)) return
    if (!/in use|being used/i.test(engineWords(error))) throw error
    const users = await docker.listContainers({ all: true, filters: { volume: [volume.name] }, abortSignal: signal })
    throw faults.inUse('volume', name, users.map(containerName))
  }
}

/** Model names of the named volumes of an environment. */
export async function listVolumes(context: DockerContext, owner: Owner, signal: AbortSignal): Promise<readonly string[]> {
  const volumes = await listOurVolumes(context, owner, signal)
  return volumes.flatMap(({ Labels: labels }) => (labels?.[LABELS.replica] === undefined ? (labels?.[LABELS.name] ?? []) : [])).sort()
}
