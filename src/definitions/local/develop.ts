import { defineTrait } from '../define.ts'
import { fields, list, oneOf, optional, preset, required, text } from '../schema.ts'

/** What happens when files change. */
export const localDevelop = defineTrait({
  kind: 'trait',
  type: 'local/develop',
  simulation: { level: 'simulated' },
  parameters: fields({
    paths: required(list(text())),
    ignore: preset(list(text()), []),
    action: required(oneOf('sync', 'restart', 'sync+restart', 'sync+exec', 'rebuild')),
    target: optional(text()),
    exec: optional(list(text())),
  }),
  apply: (draft, params, use) => {
    draft.develop({ ...params, origin: use.origin })
    return []
  },
})
