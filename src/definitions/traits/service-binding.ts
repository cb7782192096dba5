import { defineTrait } from '../define.ts'
import { fields, map, optional, required, text } from '../schema.ts'

/** Environment variables from keys of secrets; the key is the variable's name unless given. Source: KubeVela, service-binding definition. */
export const serviceBinding = defineTrait({
  kind: 'trait',
  type: 'service-binding',
  simulation: { level: 'simulated' },
  parameters: fields({ envMappings: required(map(fields({ secret: required(text()), key: optional(text()) }))) }),
  apply: (draft, { envMappings }, use) => {
    for (const [name, { secret, key }] of Object.entries(envMappings)) {
      draft.container()?.env({ name, value: { secret, key: key ?? name }, origin: use.at('envMappings', name) })
    }
    return []
  },
})
