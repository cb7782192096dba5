import type { Component } from '../../model/component.ts'
import type { StepKey } from '../../model/step.ts'
import { volumesOf } from '../desired.ts'
import type { PlanDraft } from './plan-draft.ts'

/** Volumes that a component mounts and that do not exist yet. The planner never removes one: they hold the user's data. */
export function planVolumes(draft: PlanDraft, component: Component, present: ReadonlySet<string>): readonly (StepKey | undefined)[] {
  if (draft.context.capabilities.volumes === false) return []
  return volumesOf(component)
    .filter((name) => !present.has(name))
    .map((name) => draft.add({ action: { do: 'ensureVolume', name }, cause: 'volume missing', holds: component.key }))
}
