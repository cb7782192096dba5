import type { ComponentKey } from '../model/names.ts'
import { RefusalError } from './ports.ts'
import type { AppliedComponent, ControlState } from './state.ts'

/** Every applied component by key. */
export function appliedComponents(state: ControlState): ReadonlyMap<ComponentKey, AppliedComponent> {
  return new Map([...state.apps.values()].flatMap((app) => [...app.applied]))
}

/** The component of that key or, where it is unambiguous, of that name. Throws a refusal that lists what there is. */
export function findComponent(name: string, state: ControlState): AppliedComponent {
  const all = appliedComponents(state)
  const exact = all.get(name as ComponentKey)
  if (exact !== undefined) return exact
  const named = [...all.values()].filter((item) => item.component.name === name)
  if (named.length === 1 && named[0] !== undefined) return named[0]
  if (named.length > 1) {
    const keys = named.map((item) => item.component.key).join(', ')
    throw new RefusalError(409, { code: 'MP8005', message: `"${name}" exists in several namespaces`, next: `say one of: ${keys}` })
  }
  const known = [...all.keys()].sort().join(', ')
  throw new RefusalError(404, {
    code: 'MP8004',
    message: `there is no component "${name}"`,
    next: known === '' ? 'nothing is applied here' : `applied here: ${known}`,
  })
}
