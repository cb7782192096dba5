import { describe, expect, test } from '@jest/globals'
import { ScaledUnit, type UnitPorts } from '../../../src/control/scaling/scaled-unit.ts'
import { type ControlState, initialState } from '../../../src/control/state.ts'
import { instant } from '../../../src/kernel/instant.ts'
import { VirtualClock } from '../../../src/kernel/virtual-clock.ts'
import type { TriggerReading } from '../../../src/model/meter.ts'
import type { ScaleTrigger } from '../../../src/model/scale-policy.ts'
import { aComponent, anObservation } from '../../kit/builders.ts'

const trigger = (name: string, from: ScaleTrigger['from']): ScaleTrigger => ({
  name,
  named: false,
  type: name,
  metadata: {},
  metricType: 'AverageValue',
  target: 10,
  activation: 0,
  useCachedMetrics: false,
  from,
  auth: {},
  origin: { file: '/app.yaml', doc: 0, path: [] },
})

const web = aComponent('web')
  .with({
    scale: {
      min: 0,
      max: 10,
      initial: 0,
      triggers: [
        trigger('http', { by: 'edge', metric: 'concurrency', windowMs: 60_000, average: false }),
        trigger('redis', { by: 'meter', push: false }),
      ],
      pollMs: 30_000,
      cooldownMs: 60_000,
      initialCooldownMs: 0,
    },
  })
  .build()

function aUnit(held: number, changes: Partial<ControlState> = {}): { readonly unit: ScaledUnit; readonly decided: number[] } {
  const engine = { name: 'memory', traits: {} as never, images: false, sandboxes: false, volumes: false }
  const state: ControlState = { ...initialState('shop', engine), observed: anObservation(), ...changes }
  const decided: number[] = []
  const ports: UnitPorts = {
    clock: new VirtualClock({ start: instant(0) }),
    gather: () => new Promise<readonly TriggerReading[]>(() => {}),
    near: () => [{ trigger: 'http', value: held }],
    usage: async () => new Map(),
    state: () => state,
    signal: new AbortController().signal,
    syncMs: 15_000,
    decided: ({ replicas }) => decided.push(replicas),
    failed: (error) => {
      throw error
    },
  }
  return { unit: new ScaledUnit(web, undefined, ports), decided }
}

describe('a request at the gate', () => {
  test('wakes although a reader of another trigger never answers, also while a poll waits for it', () => {
    const { unit, decided } = aUnit(1)
    unit.run(instant(0))
    unit.wake('edge')
    expect(decided).toEqual([1])
    expect(unit.state).toMatchObject({ active: true, lastActiveAtMs: 0, failures: {} })
    expect(unit.history).toMatchObject([{ by: 'poll', from: 0, to: 1 }])
  })

  test('wakes nothing that is not active by it, nor what is stopped or up already', () => {
    const asleep = aUnit(0)
    asleep.unit.wake('edge')
    const { manual } = initialState('shop', { name: '', traits: {} as never, images: false, sandboxes: false, volumes: false })
    const stopped = aUnit(1, { manual: { ...manual, stopped: new Set([web.key]) } })
    stopped.unit.wake('edge')
    const awake = aUnit(1, { scaled: new Map([[web.key, { replicas: 2, since: instant(0), active: [] }]]) })
    awake.unit.wake('edge')
    expect([...asleep.decided, ...stopped.decided, ...awake.decided]).toEqual([])
  })

  test('a push says nothing about edges: it is polled', () => {
    const { unit, decided } = aUnit(1)
    unit.wake('push')
    expect(decided).toEqual([])
  })
})
