import { defineTrait } from '../define.ts'
import { fields, list, required, text } from '../schema.ts'

/** Further names for addresses inside the pod. Source: KubeVela, hostalias definition. */
export const hostalias = defineTrait({
  kind: 'trait',
  type: 'hostalias',
  simulation: { level: 'simulated' },
  parameters: fields({ hostAliases: required(list(fields({ ip: required(text()), hostnames: required(list(text())) }))) }),
  apply: (draft, { hostAliases }, use) => {
    hostAliases.forEach((alias, index) => {
      draft.addHostAlias(alias, use.at('hostAliases', index))
    })
    return []
  },
})
