import type { Component } from '../../model/component.ts'
import type { Container } from '../../model/pod.ts'
import type { Action, StepKey } from '../../model/step.ts'
import type { PlanDraft } from './plan-draft.ts'
import { stepKey } from './step-keys.ts'

/** Images that a component's containers need and that are not here: built or pulled, one step per image reference. */
export function planImages(draft: PlanDraft, component: Component, present: ReadonlySet<string>): readonly (StepKey | undefined)[] {
  if (!draft.context.capabilities.images) return []
  const { initContainers, containers } = component.pod
  return [...initContainers, ...containers]
    .filter((container) => !present.has(container.image.ref))
    .map((container) => planImage(draft, component, container))
}

function planImage(draft: PlanDraft, component: Component, container: Container): StepKey | undefined {
  const { image } = container
  const action: Action =
    image.from === 'build' ? { do: 'buildImage', ref: image.ref, context: image.context } : { do: 'pullImage', ref: image.ref }
  if (image.from === 'registry' && container.pull === 'never') {
    const why = `image ${image.ref} is not here and its pull policy is "never"`
    return draft.block(stepKey(action), { subject: component.key, reason: 'image', on: [why] })
  }
  return draft.add({ action, cause: 'image missing', holds: component.key })
}
