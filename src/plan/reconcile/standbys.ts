import type { DesiredRevision } from '../../model/desired.ts'
import { type ReplicaId, replicaId } from '../../model/names.ts'
import type { StandbyRole, StepKey } from '../../model/step.ts'
import { type ComponentWorld, isLeaving, isLost, type Slot } from './component-world.ts'
import type { Ordinals } from './ordinals.ts'
import type { PlanDraft } from './plan-draft.ts'
import { planLeaving, planRemoval } from './removals.ts'
import { warmthOf } from './standby-roles.ts'
import type { Starter } from './starts.ts'
import { stepKey } from './step-keys.ts'
import { awaitReady, planUpkeep } from './upkeep.ts'

export interface StandbyPlace {
  /** Of what stands by. */
  readonly world: ComponentWorld
  readonly starter: Starter
  readonly ordinals: Ordinals
  /** Until then no further one is started: the wanted replicas come first. Undefined means not in this plan. */
  readonly after: readonly (StepKey | undefined)[] | undefined
}

/** Replicas beside the wanted ones: started, brought to readiness once, frozen, and kept so. */
export function planStandbys(draft: PlanDraft, wanted: DesiredRevision, place: StandbyPlace): void {
  const { kept, missing } = keepStandbys(draft, wanted, place.world)
  const pending = planUpkeep(draft, wanted, { kept, starter: place.starter, atOnce: kept.length })
  const waits = new Set(pending)
  for (const { id, observed } of kept) {
    const isBehind = observed !== undefined && observed.restartToken < wanted.restartToken
    if (observed?.frozen === true || isBehind) continue
    const ready = stepKey({ do: 'awaitReady', replica: id })
    planFreeze(draft, wanted, { replica: id, needs: waits.has(ready) ? [ready] : [] })
  }
  if (place.after === undefined) return
  for (let index = 0; index < missing; index++) planStandby(draft, wanted, { ...place, after: place.after })
}

/** Those that stand by, and all the others. */
export function splitWorld(
  { key, observed, starting }: ComponentWorld,
  roles: ReadonlyMap<ReplicaId, StandbyRole>,
): { readonly active: ComponentWorld; readonly waiting: ComponentWorld } {
  const waits = (id: ReplicaId): boolean => roles.get(id) === 'waiting'
  return {
    active: { key, observed: observed.filter(({ id }) => !waits(id)), starting: starting.filter(({ replica }) => !waits(replica)) },
    waiting: { key, observed: observed.filter(({ id }) => waits(id)), starting: starting.filter(({ replica }) => waits(replica)) },
  }
}

/** The warmest of the wanted revision stay; of all others nothing does, and nobody waits for their end. */
function keepStandbys(
  draft: PlanDraft,
  wanted: DesiredRevision,
  { observed, starting }: ComponentWorld,
): { readonly kept: readonly Slot[]; readonly missing: number } {
  const { context } = draft
  const { revision, standby = 0 } = wanted
  const slots: (Slot & { readonly warmth: number })[] = []
  for (const replica of observed) {
    const { id, ordinal } = replica
    if (isLeaving(id, context)) planLeaving(draft, replica)
    else if (replica.revision !== revision.id || isLost(replica)) {
      const cause = replica.revision === revision.id ? 'nothing left of it' : `superseded by ${revision.id}`
      planRemoval(draft, { replica, wanted: revision.spec, needs: [], cause })
    } else {
      const ready = (replica.frozen && replica.phase === 'running') || context.warm?.has(id) === true
      slots.push({ id, ordinal, observed: replica, ready, warmth: warmthOf(replica, context) })
    }
  }
  for (const start of starting)
    if (start.revision === revision.id)
      slots.push({ id: start.replica, ordinal: start.ordinal, ordered: start, ready: false, warmth: Number.POSITIVE_INFINITY })
  slots.sort((left, right) => (left.warmth === right.warmth ? left.ordinal - right.ordinal : left.warmth - right.warmth))
  const cause = `standby ${slots.length} -> ${standby}`
  for (const { observed: replica } of slots.slice(standby))
    if (replica !== undefined) planRemoval(draft, { replica, wanted: revision.spec, needs: [], cause })
  return { kept: slots.slice(0, standby), missing: standby - slots.length }
}

function planStandby(
  draft: PlanDraft,
  wanted: DesiredRevision,
  { starter, ordinals, after }: StandbyPlace & { readonly after: readonly (StepKey | undefined)[] },
): void {
  const ordinal = ordinals.take()
  const replica = replicaId(wanted.revision.id, ordinal)
  const started = starter.start({ replica, ordinal, needs: after, cause: 'standby' })
  draft.standBy(replica)
  planFreeze(draft, wanted, { replica, needs: awaitReady(draft, wanted, { replica, needs: [started], cause: 'standby' }) })
}

/** One that cannot be frozen is left running: it is as quick to call, and only costs more. */
function planFreeze(
  draft: PlanDraft,
  wanted: DesiredRevision,
  { replica, needs }: { readonly replica: ReplicaId; readonly needs: readonly StepKey[] },
): void {
  if (draft.context.capabilities.freezes !== true) return
  const action = { do: 'freezeReplica', replica } as const
  draft.add({ action, needs, cause: 'standby', group: wanted.revision.component, bestEffort: true })
}
