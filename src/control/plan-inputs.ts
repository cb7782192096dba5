import type { Desired } from '../model/desired.ts'
import type { ReplicaId } from '../model/names.ts'
import type { Observed } from '../model/observed.ts'
import type { StepKey } from '../model/step.ts'
import type { PlanContext } from '../plan/reconcile/plan-context.ts'
import type { InFlight, Work } from './work.ts'

/** What a plan depends on; a pass in which none of it changed plans nothing. */
export interface PlanInputs {
  readonly desired: Desired
  readonly observed: Observed
  readonly inFlight: ReadonlyMap<StepKey, InFlight>
  readonly failures: Work['failures']
  readonly drained: ReadonlySet<ReplicaId>
  readonly networkReady: boolean
  readonly standbys: PlanContext['standbys']
  readonly readiness: string
}

export function sameInputs(left: PlanInputs, right: PlanInputs): boolean {
  return (Object.keys(left) as (keyof PlanInputs)[]).every((key) => left[key] === right[key])
}
