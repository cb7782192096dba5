import type { Desired } from '../../model/desired.ts'
import type { Observed } from '../../model/observed.ts'
import type { StepKey } from '../../model/step.ts'
import type { PlanDraft } from './plan-draft.ts'

/** The environment's network with its edge; undefined when nothing is left to wait for. */
export function planNetwork(draft: PlanDraft, desired: Desired): StepKey | undefined {
  const name = desired.networks[0]
  if (name === undefined || draft.context.networkReady) return undefined
  return draft.add({ action: { do: 'ensureNetwork', name }, cause: 'network missing' })
}

/** Networks go last, when no replica is left: the edge and the sandboxes go with them. */
export function planNetworkRemoval(
  draft: PlanDraft,
  world: { readonly desired: Desired; readonly observed: Observed },
  after: readonly (StepKey | undefined)[],
): void {
  const { desired, observed } = world
  const present = new Set(observed.networks)
  if (draft.context.networkReady) present.add(desired.environment)
  for (const name of [...present].sort()) {
    if (!desired.networks.includes(name)) draft.add({ action: { do: 'removeNetwork', name }, needs: after, cause: 'nothing left' })
  }
}
