import { type DesiredExecution, type DesiredRevision, executionOf, firstOrdinalOf } from '../../model/desired.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import type { StepKey } from '../../model/step.ts'
import { type ComponentWorld, isLeaving } from './component-world.ts'
import { planJob } from './jobs.ts'
import type { PlanDraft } from './plan-draft.ts'
import { planLeaving, planRemoval } from './removals.ts'
import type { Surroundings } from './starts.ts'

interface Place {
  readonly world: ComponentWorld
  readonly around: Surroundings
}

/**
 * A component that is run again and again: each execution is a job of its own, with its own ordinals and attempts. What is finished stays
 * as its record for as long as it is listed; what is listed no more goes.
 */
export function planExecutions(
  draft: PlanDraft,
  { wanted, executions }: { readonly wanted: DesiredRevision; readonly executions: readonly DesiredExecution[] },
  { world, around }: Place,
): void {
  const parts = partsOf(world)
  const listed = new Set(executions.map(({ number }) => number))
  const removals = new Map<number, StepKey | undefined>()
  for (const [number, part] of parts) {
    if (listed.has(number)) continue
    for (const replica of part.observed) removals.set(replica.ordinal, planEnd(draft, { replica, wanted, cause: 'no longer listed' }))
  }
  planSandboxes(draft, { component: world.key, around, listed, removals })
  for (const execution of executions) {
    const part = parts.get(execution.number) ?? { key: world.key, observed: [], starting: [] }
    if (execution.finished !== undefined) {
      for (const replica of part.observed) if (replica.phase !== 'exited') planEnd(draft, { replica, wanted, cause: 'job has ended' })
      continue
    }
    planExecution(draft, { execution, wanted }, { world: part, around })
  }
}

/** As the revision that it was created from says, until it has come to its end. */
function planExecution(
  draft: PlanDraft,
  { execution, wanted }: { readonly execution: DesiredExecution; readonly wanted: DesiredRevision },
  place: Place,
): void {
  const { revision, number } = execution
  const { run } = revision.spec
  if (run.type !== 'to-completion') return
  planJob(draft, { wanted: { ...wanted, revision }, run, firstOrdinal: firstOrdinalOf(number) }, place)
}

function planEnd(
  draft: PlanDraft,
  { replica, wanted, cause }: { readonly replica: ObservedReplica; readonly wanted: DesiredRevision; readonly cause: string },
): StepKey | undefined {
  if (isLeaving(replica.id, draft.context)) return planLeaving(draft, replica)
  return planRemoval(draft, { replica, wanted: wanted.revision.spec, needs: [], cause })
}

/** Ordinals of an execution that is over are never used again: their sandboxes go after what is inside. */
function planSandboxes(
  draft: PlanDraft,
  of: {
    readonly component: ComponentKey
    readonly around: Surroundings
    readonly listed: ReadonlySet<number>
    readonly removals: ReadonlyMap<number, StepKey | undefined>
  },
): void {
  const { component, around, listed, removals } = of
  const prefix = `${component}/`
  for (const name of around.sandboxes) {
    if (!name.startsWith(prefix)) continue
    const ordinal = Number(name.slice(prefix.length))
    if (listed.has(executionOf(ordinal))) continue
    const needs = [removals.get(ordinal)]
    draft.add({ action: { do: 'removeSandbox', component, ordinal }, needs, cause: 'no longer listed', group: component })
  }
}

/** What exists of each execution. */
function partsOf({ key, observed, starting }: ComponentWorld): ReadonlyMap<number, ComponentWorld> {
  const parts = new Map<number, { key: typeof key; observed: ObservedReplica[]; starting: ComponentWorld['starting'][number][] }>()
  const part = (ordinal: number) => {
    const number = executionOf(ordinal)
    const known = parts.get(number)
    if (known !== undefined) return known
    const made = { key, observed: [], starting: [] }
    parts.set(number, made)
    return made
  }
  for (const replica of observed) part(replica.ordinal).observed.push(replica)
  for (const start of starting) part(start.ordinal).starting.push(start)
  return parts
}
