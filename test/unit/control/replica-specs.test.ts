import { expect, test } from '@jest/globals'
import { resolveEnvironment } from '../../../src/control/environment-variables.ts'
import { environmentInput } from '../../../src/control/replica-specs.ts'
import type { ControlState } from '../../../src/control/state.ts'
import type { EngineTraits } from '../../../src/model/engine.ts'
import type { EnvVar } from '../../../src/model/pod.ts'
import { aComponent, aContainer, anOrigin } from '../../kit/builders.ts'

const dataIn = (value: string): EnvVar => ({ name: 'DATA_DIR', value, origin: anOrigin() })

// An image that was told where a directory of the process engine is could not write there.
test.each<[EngineTraits['runs'], string]>([
  ['images', '/data'],
  ['processes', '$(MINIPAAS_MOUNT_DATA)'],
])('an engine that runs %s gives a container DATA_DIR=%s', (runs, expected) => {
  const container = aContainer('web', {
    env: [dataIn('/data')],
    process: { cwd: '/shop', command: [], env: [dataIn('$(MINIPAAS_MOUNT_DATA)')], origin: anOrigin() },
  })
  const state = { engine: { traits: { runs, serviceNames: 'resolved', virtualTime: false } }, apps: new Map() } as unknown as ControlState
  const replica = { of: 'web--1.0', ordinal: 0 }
  const input = environmentInput(aComponent('web').build(), container, replica, { state, secrets: new Map() })
  expect(resolveEnvironment(input).values.get('DATA_DIR')).toBe(expected)
})
