import { type DesiredExecution, type DesiredRevision, executionOf, firstOrdinalOf } from '../../model/desired.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import type { StepKey } from '../../model/step.ts'
import { type ComponentWorld, isLeaving } from './component-world.ts'
import { planJob } from './jobs.ts'
import type { PlanDraft } from './plan-draft.ts'
import { planLeaving, planRemoval } from './removals.ts'
import { type Surroundings, sandboxName } from './starts.ts'

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
  for (const [number, part] of parts) {
    if (!listed.has(number)) for (const replica of part.observed) planEnd(draft, { replica, wanted, around, cause: 'no longer listed' })
  }
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
  end: {
    readonly replica: ObservedReplica
    readonly wanted: DesiredRevision
    readonly cause: string
    /** Given where its sandbox goes with it. */
    readonly around?: Surroundings
  },
): void {
  const { replica, wanted, around, cause } = end
  const gone: StepKey | undefined = isLeaving(replica.id, draft.context)
    ? planLeaving(draft, replica)
    : planRemoval(draft, { replica, wanted: wanted.revision.spec, needs: [], cause })
  const { component, ordinal } = replica
  if (around?.sandboxes.has(sandboxName(component, ordinal)) !== true) return
  // Its ordinal is never used again.
  draft.add({ action: { do: 'removeSandbox', component, ordinal }, needs: [gone], cause, group: component })
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
