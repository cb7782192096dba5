import { expect, test } from '@jest/globals'
import { advance } from '../../../src/control/advance.ts'
import type { Input } from '../../../src/control/input.ts'
import { type ControlState, initialState } from '../../../src/control/state.ts'
import { builtinDefinitions } from '../../../src/definitions/index.ts'
import { instant } from '../../../src/kernel/instant.ts'
import { anObservation } from '../../kit/builders.ts'

const context = { definitions: builtinDefinitions(), webPort: 8080 }

function fresh(): ControlState {
  const traits = { runs: 'anything', serviceNames: 'rewritten', virtualTime: true } as const
  return initialState('shop', { name: 'memory', traits, images: false, sandboxes: false, volumes: true })
}

function tablesOf(state: ControlState, input: Input): { readonly state: ControlState; readonly tables: number } {
  const advanced = advance(state, input, instant(0), context)
  return { state: advanced.state, tables: advanced.effects.filter(({ type }) => type === 'table').length }
}

test('an edge that is taken over keeps its table until the engine has been looked at', () => {
  const attached = tablesOf(fresh(), { type: 'edge-attached', bound: { web: 8080 } })
  expect(attached.tables).toBe(0)
  expect(tablesOf(attached.state, { type: 'observed', began: 0, observed: anObservation([]), endpoints: new Map() }).tables).toBe(1)
})
