import type { ComponentKey, Desired, DesiredRevision, Observed, Plan } from '../../model/index.ts'
import { planComponent } from './component.ts'
import { readWorlds } from './component-world.ts'
import { planRenewals, readImages } from './images.ts'
import { planNetwork, planNetworkRemoval } from './network.ts'
import type { PlanContext } from './plan-context.ts'
import { PlanDraft } from './plan-draft.ts'
import { decideRoles } from './standby-roles.ts'
import { readSurroundings } from './starts.ts'
import { engineHold } from './support.ts'
import { planUnwanted } from './unwanted.ts'

/**
 * All that is left to do to turn what is into what should be, and why the rest is not happening. Computed anew in each pass
 * and never kept; a step may be taken when none of its needs is in the plan. Equal inputs give equal plans.
 */
export function planEnvironment(desired: Desired, observed: Observed, context: PlanContext): Plan {
  if (observed.engine.state !== 'healthy') {
    const held = new PlanDraft(context, new Map(context.standbys))
    held.hold(engineHold(desired.environment, observed.engine, context.now))
    return held.finish()
  }
  const worlds = readWorlds(observed, context)
  const wanted = new Map<ComponentKey, DesiredRevision>()
  for (const item of sortByComponent(desired.revisions)) wanted.set(item.revision.component, item)
  const draft = new PlanDraft(context, decideRoles(wanted, worlds, context))
  const images = readImages(desired, observed)
  const around = readSurroundings(observed, { network: planNetwork(draft, desired), images })
  planRenewals(draft, images)
  for (const item of wanted.values()) {
    const world = worlds.get(item.revision.component) ?? { key: item.revision.component, observed: [], starting: [] }
    planComponent(draft, item, { world, around, wanted, worlds })
  }
  const gone = planUnwanted(draft, { isEnd: desired.networks.length === 0, observed, worlds, wanted })
  const starting = [...worlds.values()].some((world) => world.starting.length > 0)
  if (!starting) planNetworkRemoval(draft, { desired, observed }, gone)
  return draft.finish()
}

function sortByComponent(revisions: readonly DesiredRevision[]): readonly DesiredRevision[] {
  return [...revisions].sort((left, right) => (left.revision.component < right.revision.component ? -1 : 1))
}
