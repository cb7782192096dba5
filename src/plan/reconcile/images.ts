import type { Desired, DesiredImage, DesiredRevision } from '../../model/desired.ts'
import { fullImageName } from '../../model/image-name.ts'
import type { Observed } from '../../model/observed.ts'
import type { Container, ImageRef } from '../../model/pod.ts'
import type { Action, StepKey } from '../../model/step.ts'
import type { PlanDraft, StepWish } from './plan-draft.ts'
import { renewalFingerprint, stepKey } from './step-keys.ts'
import { verbOf } from './verbs.ts'

/** Images by their full names: those that are here, and what is wanted of those that components run. */
export interface ImagesAround {
  readonly present: ReadonlySet<string>
  readonly wanted: ReadonlyMap<string, DesiredImage>
}

export function readImages(desired: Desired, observed: Observed): ImagesAround {
  return {
    present: new Set(observed.images.map(({ name }) => name)),
    wanted: new Map(desired.images.map((image) => [image.name, image])),
  }
}

/** What starts of a revision wait for: its images are built or pulled, one step per image. */
export function planImages(draft: PlanDraft, wanted: DesiredRevision, images: ImagesAround): readonly (StepKey | undefined)[] {
  if (!draft.context.capabilities.images) return []
  const { initContainers, containers } = wanted.revision.spec.pod
  return [...initContainers, ...containers].map((container) => {
    const name = fullImageName(container.image.ref)
    const known = images.wanted.get(name)
    if (!images.present.has(name)) return planMissing(draft, { wanted, container, known })
    return known?.renewal?.first === true ? draft.add(renewalWish(known, wanted.revision.component)) : undefined
  })
}

function planMissing(
  draft: PlanDraft,
  {
    wanted,
    container,
    known,
  }: { readonly wanted: DesiredRevision; readonly container: Container; readonly known: DesiredImage | undefined },
): StepKey | undefined {
  const { component } = wanted.revision
  // Another component may say how the image is built.
  const image = known?.image ?? container.image
  const action = actionFor(image)
  const pull = wanted.pull ?? container.pull
  if (image.from === 'registry' && pull === 'never') {
    const why = `image ${image.ref} is not here and its pull policy is "never"`
    // A key of its own: another component may be allowed to pull it.
    return draft.block(stepKey(action, `not for ${component}`), { subject: component, reason: 'image', on: [why] })
  }
  const up = known?.renewal?.up
  return draft.add({
    action,
    cause: 'image missing',
    holds: component,
    ...(up === undefined ? {} : { fingerprint: renewalFingerprint(up) }),
  })
}

/**
 * Images that are here and made anew. What runs from the old one goes on meanwhile, and when it fails: a pull that fails is only
 * reported, a build that fails holds its components, because somebody asked for it.
 */
export function planRenewals(draft: PlanDraft, images: ImagesAround): void {
  if (!draft.context.capabilities.images) return
  for (const image of images.wanted.values()) {
    if (image.renewal === undefined || !images.present.has(image.name)) continue
    for (const component of image.components) {
      const wish = renewalWish(image, component)
      const key = stepKey(wish.action, wish.fingerprint)
      const failure = draft.context.inFlight.has(key) ? undefined : draft.context.failures.get(key)
      draft.add(wish)
      const what = `${verbOf(wish.action)} ${image.image.ref}`
      if (failure === undefined) draft.hold({ subject: component, reason: 'renewal', on: [what] })
      else if (wish.bestEffort === true) {
        const { message, code } = failure.fault
        draft.hold({ subject: component, reason: 'not-renewed', on: [`${what}: ${message} (${code})`] })
      }
    }
  }
}

/** The key of an image's renewal, by which its failure is known. */
export function renewalKey(image: ImageRef, up: number): StepKey {
  return stepKey(actionFor(image), renewalFingerprint(up))
}

function renewalWish({ image, renewal }: DesiredImage, holds: string): StepWish {
  return {
    action: actionFor(image),
    fingerprint: renewalFingerprint(renewal?.up ?? 0),
    cause: renewal?.cause ?? '',
    holds,
    ...(image.from === 'registry' ? { bestEffort: true } : {}),
  }
}

function actionFor(image: ImageRef): Action {
  return image.from === 'build' ? { do: 'buildImage', ref: image.ref, context: image.context } : { do: 'pullImage', ref: image.ref }
}
