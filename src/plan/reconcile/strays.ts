import type { Observed } from '../../model/observed.ts'
import type { PlanDraft } from './plan-draft.ts'

/** Only what carries our label and has a dead owner is removed; anything else is the user's to decide. */
export function planStrays(draft: PlanDraft, observed: Observed): void {
  for (const stray of observed.strays) {
    if (stray.why === 'old-instance')
      draft.add({ action: { do: 'removeStray', id: stray.id }, cause: 'left by a daemon that is gone', bestEffort: true })
  }
}
