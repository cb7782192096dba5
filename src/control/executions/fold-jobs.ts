import type { Folded } from '../apply-models.ts'
import { appliedComponents } from '../find-component.ts'
import type { Input } from '../input.ts'
import type { ControlState, Execution } from '../state.ts'
import { isRunAgain, NO_EXECUTIONS } from './executions.ts'

/** Enters a decision about a ScaledJob: executions are created and forgotten. One about a component that is no longer there is void. */
export function foldJobs(state: ControlState, input: Extract<Input, { type: 'jobs-decided' }>): Folded {
  const { component: key, create, remove, scaled, from, because } = input
  const component = appliedComponents(state).get(key)?.component
  const revision = state.desired.revisions.find((item) => item.revision.component === key)?.revision.id
  if (component === undefined || revision === undefined || !isRunAgain(component)) return { state, effects: [] }
  const { next, list } = state.executions.get(key) ?? NO_EXECUTIONS
  const generation = component.scale.jobs?.generation ?? ''
  const kept = list.filter(({ number }) => !remove.includes(number))
  const created = Array.from({ length: create }, (_, index): Execution => ({ number: next + index, revision, generation }))
  const executions = new Map(state.executions).set(key, { next: next + create, list: [...kept, ...created] })
  const decided = { ...state, executions, scaled: new Map(state.scaled).set(key, scaled) }
  const to = scaled.replicas
  if (from === to) return { state: decided, effects: [] }
  return { state: decided, effects: [{ type: 'emit', body: { type: 'scale.decided', component: key, from, to, because } }] }
}
