import type { Folded } from '../apply-models.ts'
import { foldJobs } from '../executions/fold-jobs.ts'
import { appliedComponents } from '../find-component.ts'
import type { Input } from '../input.ts'
import type { ControlState } from '../state.ts'
import { specReplicas } from './scaled.ts'

/** Enters a decision of the scaler; one about a component that is no longer there is void. */
export function foldScaled(state: ControlState, input: Extract<Input, { type: 'scaled' | 'jobs-decided' }>): Folded {
  if (input.type === 'jobs-decided') return foldJobs(state, input)
  const { component: key, scaled, because } = input
  const component = appliedComponents(state).get(key)?.component
  if (component === undefined) return { state, effects: [] }
  const from = specReplicas(component, state)
  const next = { ...state, scaled: new Map(state.scaled).set(key, scaled) }
  if (from === scaled.replicas) return { state: next, effects: [] }
  return { state: next, effects: [{ type: 'emit', body: { type: 'scale.decided', component: key, from, to: scaled.replicas, because } }] }
}
