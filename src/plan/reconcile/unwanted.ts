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
  /** Nothing stays: sandboxes go together with their network, which is quicker than one by one. */
  readonly isEnd: boolean
  readonly observed: Observed
  readonly worlds: ReadonlyMap<ComponentKey, ComponentWorld>
  readonly wanted: ReadonlyMap<ComponentKey, DesiredRevision>
}

/** Components that are no longer declared: their replicas drain and go, their sandboxes follow, and strays with them. Returns the keys after which no replica is left. */
export function planUnwanted(draft: PlanDraft, { isEnd, observed, worlds, wanted }: Everything): readonly (StepKey | undefined)[] {
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
  if (!isEnd) planSandboxRemoval(draft, observed, { wanted: new Set(wanted.keys()), removals })
  return [...removals.values()]
}
