import type { ImageFacet } from '../../../../src/model/engine.ts'
import type { ObservedImage } from '../../../../src/model/observed.ts'
import type { DockerContext } from '../context.ts'
import { hasStatus, toFault } from '../faults.ts'
import { buildImage } from './build.ts'
import { removeBuilt } from './built-images.ts'
import { Credentials } from './credentials.ts'
import type { ConfigPlace } from './docker-config.ts'
import { ImageList } from './image-list.ts'
import { pullImage } from './pull.ts'

export interface DockerImages extends ImageFacet {
  /** What the engine has, for observations; at most 5 s old. */
  list(signal: AbortSignal): Promise<readonly ObservedImage[]>
  /** An event of the engine says that images changed: the next list is a fresh one. */
  changed(): void
}

/** Images of the engine: pulled with the credentials of the Docker CLI's configuration, built by the engine's own builder. */
export function createImages(context: DockerContext, place: ConfigPlace): DockerImages {
  const credentials = new Credentials(place, context.clock)
  const known = new ImageList(context)
  const changing = async (work: Promise<void>): Promise<void> => {
    try {
      await work
    } finally {
      known.forget()
    }
  }
  return {
    has: async (ref, signal) => {
      signal.throwIfAborted()
      try {
        await context.docker.getImage(ref).inspect()
        return true
      } catch (error) {
        if (hasStatus(error, 404)) return false
        throw toFault(error, `look for image ${ref}`)
      }
    },
    pull: (ref, progress, signal) => changing(pullImage(context, credentials, { ref, progress }, signal)),
    build: (order, log, signal) => changing(buildImage(context, credentials, { order, log }, signal)),
    remove: (ref, signal) => changing(removeBuilt(context, ref, signal)),
    list: async (signal) => {
      try {
        return await known.read(signal)
      } catch (error) {
        signal.throwIfAborted()
        throw toFault(error, 'list images')
      }
    },
    changed: () => known.forget(),
  }
}
