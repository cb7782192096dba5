import type Docker from 'dockerode'
import { after, type Instant, type Millis } from '../../../../src/kernel/instant.ts'
import { fullImageName } from '../../../../src/model/image-name.ts'
import type { ObservedImage } from '../../../../src/model/observed.ts'
import type { DockerContext } from '../context.ts'

/** Images that others bring or remove are noticed this late at the latest, as the sweep that asks. */
const FRESH_FOR: Millis = 5000

/** What the engine has, by full names. Remembered for a short while, because observations are many and images change seldom. */
export class ImageList {
  readonly #context: DockerContext
  #known: { readonly images: readonly ObservedImage[]; readonly until: Instant } | undefined
  #changes = 0

  constructor(context: DockerContext) {
    this.#context = context
  }

  /** Something about images has changed: the next look asks the engine. */
  forget(): void {
    this.#changes++
    this.#known = undefined
  }

  async read(signal: AbortSignal): Promise<readonly ObservedImage[]> {
    const { clock } = this.#context
    if (this.#known !== undefined && clock.now() < this.#known.until) return this.#known.images
    const changes = this.#changes
    const images = await this.#ask(signal)
    if (changes === this.#changes) this.#known = { images, until: after(clock.now(), FRESH_FOR) }
    return images
  }

  async #ask(signal: AbortSignal): Promise<readonly ObservedImage[]> {
    const images = await this.#context.docker.listImages({ abortSignal: signal })
    return images.flatMap(namesOf).sort((left, right) => (left.name < right.name ? -1 : 1))
  }
}

function namesOf({ Id: id, RepoTags, RepoDigests }: Docker.ImageInfo): readonly ObservedImage[] {
  // Engines answer null where there is none.
  const names = [...(RepoTags ?? []), ...(RepoDigests ?? [])]
  return names.filter((name) => !name.startsWith('<none>')).map((name) => ({ name: fullImageName(name), id }))
}
