import { defineTrait } from '../define.ts'
import { fields, integer, required } from '../schema.ts'

/** Replicas that are kept started and frozen, so that a wake takes milliseconds. */
export const localScale = defineTrait({
  kind: 'trait',
  type: 'local/scale',
  simulation: { level: 'simulated' },
  parameters: fields({ standby: required(integer({ min: 0 })) }),
  apply: (draft, { standby }, use) => {
    draft.scale({ standby }, use.at('standby'))
    return []
  },
})
