import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { ApplicationState, ControlState } from './state.ts'

/** What an application asks of the edge and cannot have, each with its place; what stands in a file of no application concerns them all. */
export function routeProblems(state: ControlState, app: ApplicationState): readonly Diagnostic[] {
  const files = new Set([...state.apps.values()].map(({ model }) => model.origin.file))
  return state.unrouted.filter(({ origin }) => origin === undefined || origin.file === app.model.origin.file || !files.has(origin.file))
}
