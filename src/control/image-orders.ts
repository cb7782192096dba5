import { formatBytes } from '../kernel/bytes.ts'
import { faultOf } from '../kernel/fault.ts'
import type { DesiredImage, Engine, ImageFacet } from '../model/index.ts'
import { imagesOf } from '../plan/desired.ts'
import type { ImageRecord } from '../wire/answers.ts'
import type { ImagesOrder } from '../wire/requests.ts'
import { acceptOrder } from './accept-order.ts'
import type { ControlContext } from './context.ts'
import { type ControlPorts, RefusalError } from './ports.ts'
import { placedAtTheEnd } from './preview.ts'
import { SecretShade } from './secret-shade.ts'
import { Slots } from './slots.ts'

export interface ImageOrderPorts {
  readonly control: ControlPorts
  readonly context: ControlContext
  readonly engine: Engine
}

export type Report = (record: ImageRecord) => void

/** Pulls or builds the images of a model, several at once. One that fails is reported and the others go on; rejects only when aborted. */
export async function makeImages(order: ImagesOrder, ports: ImageOrderPorts, report: Report, signal: AbortSignal): Promise<void> {
  const facet = imagesFacet(ports.engine)
  const shade = new SecretShade()
  const images = await readImages(order, ports, shade)
  const kind = order.do === 'pull' ? 'pullImage' : 'buildImage'
  const slots = new Slots()
  const makeOne = async (image: DesiredImage): Promise<void> => {
    const subject = { ref: image.image.ref, components: image.components }
    const reason = reasonToSkip(image, order)
    if (reason !== undefined) return report({ ...subject, state: 'skipped', text: reason })
    const working = (text: string): void => report({ ...subject, state: 'working', text: shade.text(text) })
    try {
      using _slot = await slots.take(kind, signal)
      working(order.do === 'pull' ? 'Pulling' : 'Building')
      await (order.do === 'pull' ? pull(image, facet, working, signal) : build(image, { order, facet, working }, signal))
      report({ ...subject, state: 'done', text: order.do === 'pull' ? 'Pulled' : 'Built' })
    } catch (error) {
      signal.throwIfAborted()
      const { code, message, next } = shade.fault(faultOf(error))
      report({ ...subject, state: 'failed', text: message, failure: { code, message, ...(next === undefined ? {} : { next }) } })
    }
  }
  await Promise.all(images.map(makeOne))
}

/** The images of the named components only: what they need is not their image. */
async function readImages(order: ImagesOrder, { control, context }: ImageOrderPorts, shade: SecretShade): Promise<readonly DesiredImage[]> {
  const accepted = await acceptOrder({ ...order, components: [], build: false, removeOrphans: false, scale: {}, watch: false }, control)
  shade.learn(accepted.secrets)
  const all = placedAtTheEnd(
    accepted.models.map(({ model }) => model),
    context,
  )
  const named = order.components.flatMap((name) => {
    const found = all.filter((component) => component.name === name || component.key === name)
    if (found.length > 0) return found
    const known = all.map(({ key }) => key).join(', ')
    throw new RefusalError(404, { code: 'MP8004', message: `there is no component "${name}"`, next: `the model declares ${known}` })
  })
  return imagesOf(order.components.length === 0 ? all : named)
}

function imagesFacet(engine: Engine): ImageFacet {
  if (engine.images !== undefined) return engine.images
  throw new RefusalError(409, {
    code: 'MP4007',
    message: `the ${engine.name} engine runs programs from their directories: it has no images`,
    next: 'use a container engine: --engine docker',
  })
}

/** Source: docker compose, pull and build pass over services that are made the other way. */
function reasonToSkip({ image, pull }: DesiredImage, order: ImagesOrder): string | undefined {
  if (order.do === 'build') return image.from === 'build' ? undefined : 'Not built here'
  if (image.from === 'build') return 'Built here'
  return pull === 'never' ? 'Its pull policy is "never"' : undefined
}

function pull({ image }: DesiredImage, facet: ImageFacet, working: (text: string) => void, signal: AbortSignal): Promise<void> {
  return facet.pull(image.ref, (done, total) => working(`${formatBytes(done)} of ${formatBytes(total)}`), signal)
}

interface BuildParts {
  readonly order: ImagesOrder
  readonly facet: ImageFacet
  readonly working: (text: string) => void
}

async function build({ image }: DesiredImage, { order, facet, working }: BuildParts, signal: AbortSignal): Promise<void> {
  if (image.from !== 'build') return
  await facet.build({ image, noCache: order.noCache, freshBases: order.freshBases }, working, signal)
}
