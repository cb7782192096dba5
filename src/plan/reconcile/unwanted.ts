import type { DesiredRevision } from '../../model/desired.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { Observed } from '../../model/observed.ts'
import type { StepKey } from '../../model/step.ts'
import { type ComponentWorld, isLeaving } from './component-world.ts'
import type { PlanDraft } from './plan-draft.ts'
import { planLeaving, planRemoval } from './removals.ts'
import { planSandboxRemoval } from './sandboxes.ts'
import { sandboxName } from './starts.ts'
import { planStrays } from './strays.ts'

export interface Everything {
  readonly observed: Observed
  readonly worlds: ReadonlyMap<ComponentKey, ComponentWorld>
  readonly wanted: ReadonlyMap<ComponentKey, DesiredRevision>
}

/** Components that are no longer declared: their replicas drain and go, their sandboxes follow, and strays with them. Returns the keys after which all is gone. */
export function planUnwanted(draft: PlanDraft, { observed, worlds, wanted }: Everything): readonly (StepKey | undefined)[] {
  planStrays(draft, observed)
  const removals = new Map<string, StepKey | undefined>()
  for (const key of [...worlds.keys()].sort()) {
    if (wanted.has(key)) continue
    for (const replica of worlds.get(key)?.observed ?? []) {
      const leaving = isLeaving(replica.id, draft.context)
      const gone = leaving ? planLeaving(draft, replica) : planRemoval(draft, { replica, needs: [], cause: 'component removed' })
      removals.set(sandboxName(key, replica.ordinal), gone)
    }
  }
  const sandboxes = planSandboxRemoval(draft, observed, { wanted: new Set(wanted.keys()), removals })
  return [...removals.values(), ...sandboxes]
}
