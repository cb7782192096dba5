import { defineTrait } from '../../src/definitions/define.ts'
import type { Plugin } from '../../src/definitions/definition.ts'
import { anything, fields, required } from '../../src/definitions/schema.ts'
import type { ScalePolicy } from '../../src/model/scale-policy.ts'

/** A trait that sets the policy itself, so that tests of the loop do not depend on how a dialect spells it. */
const testScale = defineTrait({
  kind: 'trait',
  type: 'test-scale',
  simulation: { level: 'simulated' },
  parameters: fields({ policy: required(anything()) }),
  apply: (draft, { policy }) => {
    draft.scale(policy as Partial<ScalePolicy>)
    return []
  },
})

export const scalingPlugin: Plugin = { name: 'scaling-of-tests', api: 1, definitions: [testScale] }
