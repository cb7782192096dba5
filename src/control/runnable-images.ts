import type { Revision } from '../model/desired.ts'
import { fullImageName } from '../model/image-name.ts'
import type { ObservedImage } from '../model/observed.ts'
import type { Container } from '../model/pod.ts'

/**
 * The revision as an engine is to run it: an image whose name leads elsewhere by now is named by its id, so that a restart of an
 * old replica is not an update; every other one by its name, which is what people recognise in lists of the engine.
 */
export function runnableRevision(revision: Revision, observed: readonly ObservedImage[]): Revision {
  const { images } = revision
  if (images === undefined) return revision
  const now = new Map(observed.map(({ name, id }) => [name, id]))
  const choose = (container: Container): Container => {
    const name = fullImageName(container.image.ref)
    const { id: _id, ...image } = container.image
    const id = images[name]
    return { ...container, image: id === undefined || now.get(name) === id ? image : { ...image, id } }
  }
  const { pod } = revision.spec
  const spec = { ...revision.spec, pod: { ...pod, initContainers: pod.initContainers.map(choose), containers: pod.containers.map(choose) } }
  return { ...revision, spec }
}
