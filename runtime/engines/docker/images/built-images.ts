import { fullImageName } from '../../../../src/model/image-name.ts'
import type { DockerContext } from '../context.ts'
import { hasStatus } from '../faults.ts'
import { LABELS, type Labels } from '../labels.ts'
import type { Place } from '../place.ts'

/**
 * Nothing of one life of the daemon or of one environment: labels are the last layers, and an unchanged build must find them in the
 * cache and give the same image.
 */
export function builtLabels(place: Place, ref: string): Labels {
  return { [LABELS.role]: 'image', [LABELS.home]: place.home, [LABELS.name]: fullImageName(ref) }
}

/** Removes what was built here under this reference, earlier builds included. An image that somebody else uses stays. */
export async function removeBuilt(context: DockerContext, ref: string, signal: AbortSignal): Promise<void> {
  const label = Object.entries(builtLabels(context.place, ref)).map(([name, value]) => `${name}=${value}`)
  const images = await context.docker.listImages({ filters: JSON.stringify({ label }), abortSignal: signal })
  for (const { Id, RepoTags } of images) {
    const tags = (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>')
    // A name that we did not give is somebody's choice.
    const ours = tags.length === 0 ? [Id] : tags.filter((tag) => fullImageName(tag) === fullImageName(ref))
    for (const one of ours) await remove(context, one, signal)
  }
}

async function remove(context: DockerContext, name: string, signal: AbortSignal): Promise<void> {
  try {
    await context.docker.getImage(name).remove({ abortSignal: signal })
  } catch (error) {
    if (hasStatus(error, 404)) return
    if (!hasStatus(error, 409)) throw error
    context.logger.log('info', 'an image stays, because a container that is not of this environment uses it', { image: name })
  }
}
