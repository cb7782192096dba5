import type { ComponentKey } from '../../model/names.ts'
import type { Observed } from '../../model/observed.ts'
import type { StepKey } from '../../model/step.ts'
import type { PlanDraft } from './plan-draft.ts'
import { sandboxName } from './starts.ts'

/** Sandboxes of components that are no longer wanted go after the replica that is inside. */
export function planSandboxRemoval(
  draft: PlanDraft,
  observed: Observed,
  known: { readonly wanted: ReadonlySet<ComponentKey>; readonly removals: ReadonlyMap<string, StepKey | undefined> },
): void {
  if (!draft.context.capabilities.sandboxes) return
  for (const { component, ordinal } of observed.sandboxes) {
    if (known.wanted.has(component)) continue
    draft.add({
      action: { do: 'removeSandbox', component, ordinal },
      needs: [known.removals.get(sandboxName(component, ordinal))],
      cause: 'component removed',
      group: component,
    })
  }
}
