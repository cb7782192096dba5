import { earliest, type Instant } from '../kernel/instant.ts'
import type { ControlContext } from './context.ts'
import { decideDesired } from './decide.ts'
import { route } from './edge-table.ts'
import { endApplications } from './ending.ts'
import { fold } from './fold.ts'
import type { Effect, Input } from './input.ts'
import { planPass } from './plan-pass.ts'
import { reportChanges } from './report.ts'
import type { ControlState } from './state.ts'
import { stateKeep } from './state-keep.ts'
import { runWorkflows } from './workflows.ts'

export interface Advanced {
  readonly state: ControlState
  readonly effects: readonly Effect[]
}

/**
 * One pass: fold the input in, move workflows, decide what should be, plan, compare with the work under way, and
 * say what to do. Pure: the same state, input and time give the same result.
 */
export function advance(before: ControlState, input: Input, now: Instant, context: ControlContext): Advanced {
  const folded = fold({ ...before, pass: before.pass + 1 }, input, now)
  const kept = stateKeep(folded.state, now)
  const decided = needsDecision(before, kept.state) ? decideDesired(kept.state) : kept.state
  const ran = runWorkflows(decided, now, context)
  const planned = planPass(ran.state, now)
  const ended = endApplications(planned.state, now)
  const routed = route(ended.state, now, context)
  const report = reportChanges(before, routed.state, routed)
  const wakeAt = earliest(planned.wakeAt, ran.wakeAt, kept.wakeAt)
  const effects: Effect[] = [
    ...folded.effects,
    ...kept.effects,
    ...ran.effects,
    ...routed.effects,
    ...planned.effects,
    ...ended.effects,
    ...report.effects,
    ...(needsSave(before, report.state) ? [{ type: 'save' } as const] : []),
    ...(wakeAt === undefined ? [] : [{ type: 'wake-at', at: wakeAt } as const]),
  ]
  return { state: report.state, effects }
}

function needsDecision(before: ControlState, after: ControlState): boolean {
  return (
    before.apps !== after.apps ||
    before.manual !== after.manual ||
    before.scaled !== after.scaled ||
    before.executions !== after.executions ||
    before.observed !== after.observed ||
    before.images !== after.images
  )
}

function needsSave(before: ControlState, after: ControlState): boolean {
  return (
    before.apps !== after.apps ||
    before.manual !== after.manual ||
    before.scaled !== after.scaled ||
    before.executions !== after.executions ||
    before.images !== after.images ||
    before.edge.bound !== after.edge.bound ||
    before.addresses !== after.addresses ||
    before.revisions.size !== after.revisions.size
  )
}
