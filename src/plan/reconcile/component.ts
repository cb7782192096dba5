import type { DesiredRevision } from '../../model/desired.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { Hold } from '../../model/step.ts'
import type { ComponentWorld } from './component-world.ts'
import { planExecutions } from './executions.ts'
import { planJob } from './jobs.ts'
import { unmetNeeds } from './needs.ts'
import type { PlanContext } from './plan-context.ts'
import type { PlanDraft } from './plan-draft.ts'
import { planForever } from './rollout.ts'
import type { Surroundings } from './starts.ts'
import { unsupportedHold } from './support.ts'

export interface ComponentPlace {
  readonly world: ComponentWorld
  readonly around: Surroundings
  readonly wanted: ReadonlyMap<ComponentKey, DesiredRevision>
  readonly worlds: ReadonlyMap<ComponentKey, ComponentWorld>
}

/** One component, unless something holds all of it. */
export function planComponent(draft: PlanDraft, item: DesiredRevision, place: ComponentPlace): void {
  const { run } = item.revision.spec
  const hold = findHold(item, place, draft.context)
  if (hold !== undefined) draft.hold(hold)
  else if (item.executions !== undefined) planExecutions(draft, { wanted: item, executions: item.executions }, place)
  else if (run.type === 'to-completion') planJob(draft, { wanted: item, run }, place)
  else planForever(draft, item, place)
}

function findHold(item: DesiredRevision, place: ComponentPlace, context: PlanContext): Hold | undefined {
  const { component, spec } = item.revision
  if (context.paused.has(component)) return { subject: component, reason: 'paused', on: [] }
  if (item.replicas === 0) return undefined
  // What runs of an older revision is left alone: ending it for something that cannot start helps nobody.
  const unsupported = unsupportedHold(spec, context.capabilities)
  if (unsupported !== undefined) return unsupported
  const { world, wanted, worlds } = place
  if (world.observed.length > 0 || world.starting.length > 0) return undefined
  const on = unmetNeeds(spec.needs, { wanted, worlds, context })
  return on.length === 0 ? undefined : { subject: component, reason: 'needs', on }
}
