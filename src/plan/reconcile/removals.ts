import type { Component } from '../../model/component.ts'
import { DEFAULT_GRACE_MS } from '../../model/component.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import type { StepKey } from '../../model/step.ts'
import type { PlanDraft } from './plan-draft.ts'

export interface Removal {
  readonly replica: ObservedReplica
  /** Of the component as it is wanted; the grace of its own revision counts first. */
  readonly wanted?: Component
  readonly needs: readonly (StepKey | undefined)[]
  readonly cause: string
}

/** Ends a replica: its requests first, then its containers. Returns the key after which it is gone. */
export function planRemoval(draft: PlanDraft, removal: Removal): StepKey | undefined {
  const { replica, wanted, needs, cause } = removal
  const { context } = draft
  const spec = context.revisions?.get(replica.revision)?.spec ?? wanted
  const graceMs = spec?.pod.graceMs ?? DEFAULT_GRACE_MS
  const place = { cause, group: replica.component }
  if (replica.phase === 'exited' || context.drained.has(replica.id)) {
    return draft.add({ action: { do: 'removeReplica', replica: replica.id, graceMs }, needs, ...place })
  }
  // The gate must have flipped, and the edge have said so, before the process ends: otherwise a request that was routed a
  // moment ago finds nobody. An edge that cannot be asked must not keep a replica alive, hence best effort.
  const drained = draft.add({ action: { do: 'drainReplica', replica: replica.id, graceMs }, needs, ...place, bestEffort: true })
  const after = drained === undefined ? needs : [drained]
  return draft.add({ action: { do: 'removeReplica', replica: replica.id, graceMs }, needs: after, ...place })
}

/** A removal under way stays in the plan until the replica is seen no more. */
export function planLeaving(draft: PlanDraft, replica: ObservedReplica): StepKey | undefined {
  const action = { do: 'removeReplica', replica: replica.id, graceMs: DEFAULT_GRACE_MS } as const
  return draft.add({ action, cause: 'being removed', group: replica.component })
}
