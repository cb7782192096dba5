import { defineTrait } from '../define.ts'
import { fields, optional, required, text } from '../schema.ts'
import { changeLocal, localValue, toLocalValue } from './container.ts'

/** One environment variable that is different here. */
export const localEnv = defineTrait({
  kind: 'trait',
  type: 'local/env',
  simulation: { level: 'simulated' },
  parameters: fields({ container: optional(text()), name: required(text()), value: required(localValue) }),
  apply: (draft, { container: name, ...variable }, use) =>
    changeLocal(draft, { name, use }, (container) => {
      container.env({ name: variable.name, value: toLocalValue(variable.value), origin: use.origin })
    }),
})
