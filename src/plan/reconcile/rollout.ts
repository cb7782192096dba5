import type { DesiredRevision } from '../../model/desired.ts'
import { replicaId } from '../../model/names.ts'
import type { StepKey } from '../../model/step.ts'
import { type Allowance, allowanceOf } from './allowance.ts'
import { type ComponentWorld, type Sorted, sortReplicas } from './component-world.ts'
import { Ordinals } from './ordinals.ts'
import type { PlanDraft } from './plan-draft.ts'
import { planLeaving, planRemoval } from './removals.ts'
import { planStandbys, splitWorld } from './standbys.ts'
import { Starter, type Surroundings } from './starts.ts'
import { awaitReady, planUpkeep } from './upkeep.ts'

/** A component that runs for ever: starts, restarts, updates and scales it. */
export function planForever(
  draft: PlanDraft,
  wanted: DesiredRevision,
  place: { readonly world: ComponentWorld; readonly around: Surroundings },
): void {
  const { world, around } = place
  const { update } = wanted.revision.spec
  const { active, waiting } = splitWorld(world, draft.context.standbys ?? new Map())
  const sorted = sortReplicas(wanted, active, draft.context)
  const allowance = allowanceOf(update, wanted.replicas)
  const starter = new Starter(draft, wanted, around)
  const ready = planUpkeep(draft, wanted, { kept: sorted.kept, starter, atOnce: allowance.unavailable })
  const ordinals = new Ordinals(world)
  const change: Change = { draft, wanted, sorted, allowance, starter, ordinals, pending: [...ready] }
  if (isAsleep(wanted)) starter.prepare()
  const after = update.type === 'replace' ? planReplacement(change) : planRolling(change)
  planStandbys(draft, wanted, { world: waiting, starter, ordinals, after })
}

/** Scaled to zero, to be woken at any time. */
function isAsleep({ replicas, revision }: DesiredRevision): boolean {
  return replicas === 0 && revision.spec.scale.triggers.length > 0
}

/** Keys after which the wanted replicas are as they should be; undefined when they cannot all be in this plan. */
type Settled = readonly (StepKey | undefined)[] | undefined

interface Change {
  readonly draft: PlanDraft
  readonly wanted: DesiredRevision
  readonly sorted: Sorted
  readonly allowance: Allowance
  readonly starter: Starter
  readonly ordinals: Ordinals
  /** Keys of readiness to come, in the order in which they are expected. */
  readonly pending: StepKey[]
}

/** Never more than wanted + surge in all, never fewer ready ones than wanted - unavailable. Source: Kubernetes, RollingUpdateDeployment. */
function planRolling(change: Change): Settled {
  const { draft, wanted, sorted, allowance, pending } = change
  const { kept, surplus, leaving, unwanted } = sorted
  const gone = leaving.map((replica) => ({ ordinal: replica.ordinal, key: planLeaving(draft, replica) }))
  const total = kept.length + surplus.length + leaving.length + unwanted.length
  const limit = wanted.replicas + allowance.surge
  const missing = wanted.replicas - kept.length
  const overLimit = Math.max(0, total - limit)
  const room = Math.min(missing, Math.max(0, limit - total))

  for (let index = 0; index < room; index++) pending.push(...planStart(change, undefined))

  const readySurplus = surplus.filter(({ ready }) => ready).length
  const available = kept.filter(({ ready }) => ready).length + readySurplus
  const spare = available - Math.max(0, wanted.replicas - allowance.unavailable)
  let readyRemoved = 0
  let started = room
  const startNext = (): void => {
    // A start beyond the limit takes the place of a removal; the first removals only bring the number down to the limit.
    const freed = gone[overLimit + started - room]
    if (started >= missing || freed === undefined) return
    started++
    change.ordinals.release(freed.ordinal)
    pending.push(...planStart(change, freed.key))
  }
  for (const _ of leaving) startNext()
  for (const { replica, ready, superseded } of surplus) {
    const successor = ready ? readyRemoved++ - spare : -1
    // The successor must be ready before a ready replica goes: were the old one to go as soon as the new one is started, a
    // new version that never becomes ready would take the component down.
    if (successor >= pending.length) break
    const needs = successor < 0 ? [] : [pending[successor]]
    const cause = superseded ? endCause(replica, wanted) : scaleCause(change)
    const key = planRemoval(draft, { replica, wanted: wanted.revision.spec, needs, cause })
    gone.push({ ordinal: replica.ordinal, key })
    startNext()
  }
  if (started < missing) return holdForCapacity(change)
  return unwanted.length > 0 ? undefined : [...pending, ...gone.map(({ key }) => key)]
}

/** Old replicas are gone before new ones start (Recreate). Source: Kubernetes, Recreate strategy. */
function planReplacement(change: Change): Settled {
  const { draft, wanted, sorted } = change
  const { kept, surplus, leaving, unwanted } = sorted
  const missing = wanted.replicas - kept.length
  const gone: (StepKey | undefined)[] = leaving.map((replica) => planLeaving(draft, replica))
  const shrunk: (StepKey | undefined)[] = []
  for (const { replica, superseded } of surplus) {
    const cause = superseded ? endCause(replica, wanted) : scaleCause(change)
    const key = planRemoval(draft, { replica, wanted: wanted.revision.spec, needs: [], cause })
    if (superseded) gone.push(key)
    else shrunk.push(key)
  }
  if (unwanted.some(({ revision }) => revision !== wanted.revision.id)) {
    return missing > 0 ? holdForCapacity(change) : undefined
  }
  const ready: StepKey[] = [...change.pending]
  let first: StepKey | undefined
  for (let index = 0; index < missing; index++) {
    // Only the first start names every removal; once they are gone, the next pass plans all starts side by side.
    const start = planNewReplica(change, index === 0 || gone.length === 0 ? gone : [first])
    first ??= start.started
    ready.push(...start.ready)
  }
  return unwanted.length > 0 ? undefined : [...ready, ...gone, ...shrunk]
}

function planStart(change: Change, after: StepKey | undefined): readonly StepKey[] {
  return planNewReplica(change, [after]).ready
}

function planNewReplica(
  change: Change,
  needs: readonly (StepKey | undefined)[],
): { readonly started: StepKey | undefined; readonly ready: readonly StepKey[] } {
  const { draft, wanted, starter, ordinals } = change
  const ordinal = ordinals.take()
  const replica = replicaId(wanted.revision.id, ordinal)
  const started = starter.start({ replica, ordinal, needs, cause: startCause(change) })
  return { started, ready: awaitReady(draft, wanted, { replica, needs: [started], cause: 'new replica' }) }
}

function startCause(change: Change): string {
  const { revision } = change.wanted
  if (change.sorted.surplus.some(({ replica }) => replica.revision !== revision.id)) return 'revision changed'
  return change.sorted.kept.length > 0 ? scaleCause(change) : 'missing replica'
}

function endCause(replica: Sorted['surplus'][number]['replica'], wanted: DesiredRevision): string {
  return replica.revision === wanted.revision.id ? 'nothing left of it' : `superseded by ${wanted.revision.id}`
}

function scaleCause({ sorted, wanted }: Change): string {
  const now = sorted.kept.length + sorted.surplus.filter(({ superseded }) => !superseded).length
  return `scale ${now} -> ${wanted.replicas}`
}

/** A start of an older revision cannot be undone half-way, and starting beside it would exceed the limit. */
function holdForCapacity({ draft, wanted, sorted }: Change): undefined {
  const on = sorted.unwanted.map(({ replica }) => `${replica} to finish its start`)
  draft.hold({ subject: wanted.revision.component, reason: 'capacity', on })
}
