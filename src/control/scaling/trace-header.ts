import { hashValue } from '../../kernel/hash.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { ScalePolicy } from '../../model/scale-policy.ts'
import type { TraceHeader } from '../../wire/trace.ts'
import { appliedComponents } from '../find-component.ts'
import type { ControlState } from '../state.ts'
import { specReplicas } from './scaled.ts'
import type { ScaledUnit } from './scaled-unit.ts'

/** What a recording begins with: the components, by their names in it, as they are then. */
export function traceHeader(
  names: ReadonlyMap<ComponentKey, string>,
  {
    state,
    unit,
    ...time
  }: Pick<TraceHeader, 'startedAt' | 'speed' | 'everyMs'> & {
    readonly state: ControlState
    readonly unit: (key: ComponentKey) => Pick<ScaledUnit, 'pollAt' | 'syncAt'> | undefined
  },
): TraceHeader {
  const applied = appliedComponents(state)
  return {
    minipaasTrace: 1,
    environment: state.environment,
    ...time,
    components: [...names].flatMap(([key, name]) => {
      const component = applied.get(key)?.component
      if (component === undefined) return []
      const { pollAt, syncAt } = unit(key) ?? {}
      return [
        {
          name,
          policyHash: policyHash(component.scale),
          replicas: specReplicas(component, state),
          ...(pollAt === undefined ? {} : { pollInMs: Math.max(0, Math.round(pollAt - time.startedAt)) }),
          ...(syncAt === undefined ? {} : { syncInMs: Math.max(0, Math.round(syncAt - time.startedAt)) }),
        },
      ]
    }),
  }
}

/** Names, where one is enough to know a component by. */
export function traceNames(keys: readonly ComponentKey[], state: ControlState): ReadonlyMap<ComponentKey, string> {
  const applied = appliedComponents(state)
  const nameOf = (key: ComponentKey): string => applied.get(key)?.component.name ?? key
  const isAlone = (key: ComponentKey): boolean => keys.filter((other) => nameOf(other) === nameOf(key)).length === 1
  return new Map(keys.map((key) => [key, isAlone(key) ? nameOf(key) : key]))
}

/** Of what is decided by, wherever it is written. */
function policyHash(policy: ScalePolicy): string {
  const plain: unknown = JSON.parse(JSON.stringify(policy, (key, value: unknown) => (key === 'origin' ? undefined : value)))
  return hashValue(plain)
}
