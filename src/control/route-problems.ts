import type { Diagnostic } from '../kernel/diagnostic.ts'
import { checkBehaviour } from '../routing/check-behaviour.ts'
import type { ControlState } from './state.ts'

/** What routes of an application ask for that cannot be done, each with its place in the model. */
export function routeProblems(state: ControlState, app: string): readonly Diagnostic[] {
  return state.desired.revisions.flatMap(({ revision }) =>
    revision.app === app ? revision.spec.routes.flatMap((route) => checkBehaviour(route).problems) : [],
  )
}
