import { defineTrait } from '../define.ts'
import { fields, integer, optional } from '../schema.ts'

/** How many requests wait for the component while none of its replicas is ready, and how long. */
export const localGate = defineTrait({
  kind: 'trait',
  type: 'local/gate',
  simulation: { level: 'simulated' },
  parameters: fields({ maxHeld: optional(integer({ min: 0 })), holdSeconds: optional(integer({ min: 1 })) }),
  apply: (draft, { maxHeld, holdSeconds }, use) => {
    if (maxHeld !== undefined) draft.gate({ maxHeld }, use.at('maxHeld'))
    if (holdSeconds !== undefined) draft.gate({ holdMs: holdSeconds * 1000 }, use.at('holdSeconds'))
    return []
  },
})
