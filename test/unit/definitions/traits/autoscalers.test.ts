import { describe, expect, test } from '@jest/globals'
import { componentOf, lines, plain, resolve } from '../component-source.ts'

const properties = { image: 'web:1', cpu: '0.5', memory: '64Mi' }
const scaleOf = (...traits: readonly { readonly type: string; readonly properties?: unknown }[]) =>
  componentOf({ properties, traits }).scale

describe('cpuscaler', () => {
  test('is an HPA on half of the requested cpu, from 1 to 10', () => {
    const { triggers, ...scale } = scaleOf({ type: 'cpuscaler' })
    expect(plain(scale)).toMatchObject({ by: 'hpa', name: 'web', min: 1, max: 10, initial: 1 })
    expect(triggers).toMatchObject([
      { name: 's0-cpu', type: 'cpu', metricType: 'Utilization', target: 50, from: { by: 'engine', resource: 'cpu' } },
    ])
    expect(scale.behavior).toBeUndefined()
  })

  test('points at what was written', () => {
    const scale = scaleOf({ type: 'cpuscaler', properties: { min: 2, max: 4, cpuUtil: 70 } })
    expect(scale).toMatchObject({ min: 2, max: 4, triggers: [{ target: 70 }] })
    expect(scale.triggers[0]?.origin.path).toEqual(['spec', 'components', 0, 'traits', 0, 'properties', 'cpuUtil'])
  })
})

describe('hpa', () => {
  test('always has cpu; memory and metrics of pods where they are written', () => {
    expect(scaleOf({ type: 'hpa' }).triggers.map(({ type, target }) => [type, target])).toEqual([['cpu', 50]])
    const given = { cpu: { type: 'AverageValue', value: 2 }, mem: { value: 80 }, podCustomMetrics: [{ name: 'rps', value: '1500m' }] }
    const component = componentOf({ properties, traits: [{ type: 'hpa', properties: given }] })
    expect(component.scale.triggers.map(({ name, type, metricType, target, from }) => [name, type, metricType, target, from.by])).toEqual([
      ['s0-cpu', 'cpu', 'AverageValue', 2000, 'engine'],
      ['s1-memory', 'memory', 'Utilization', 80, 'engine'],
      ['s2-rps', 'hpa-pods', 'AverageValue', 1.5, 'hand'],
    ])
    expect(component.notes.map(({ subject }) => subject)).toContain('s2-rps')
    expect(lines(resolve({ properties, traits: [{ type: 'hpa', properties: given }] }).diagnostics)).toEqual([
      'note MP2507 spec.components.0.traits.0.properties.podCustomMetrics.0: trigger "rps": nothing here serves this metric; its value is set with "minipaas metric set web s2-rps 42"',
    ])
  })

  test('without a request it cannot compute anything, and says so', () => {
    expect(lines(resolve({ properties: { image: 'web:1' }, traits: [{ type: 'hpa' }] }).diagnostics)).toEqual([
      'warning MP2515 spec.components.0.traits.0.properties.cpu: missing request for cpu in container "web": the HPA cannot compute its utilisation, and the size stays as it is [give the container a request, for example cpu: "0.5"]',
    ])
  })

  test('the minimum above the maximum', () => {
    expect(lines(resolve({ properties, traits: [{ type: 'hpa', properties: { min: 4, max: 3 } }] }).diagnostics)).toEqual([
      'error MP2512 spec.components.0.traits.0.properties.min: the minimum of 4 replicas is above the maximum of 3',
    ])
  })
})

describe('keda-auto-scaler', () => {
  const triggers = [{ type: 'redis', metadata: { address: 'redis:6379', listName: 'jobs' } }]

  test('has the defaults of the addon, which differ from KEDA’s', () => {
    const scale = scaleOf({ type: 'keda-auto-scaler', properties: { triggers } })
    expect(scale).toMatchObject({
      by: 'keda',
      name: 'web',
      min: 1,
      max: 100,
      idle: 0,
      initial: 1,
      pollMs: 30_000,
      cooldownMs: 60_000,
      initialCooldownMs: 0,
    })
    expect(scale.fallback).toBeUndefined()
  })

  test('a fallback has 3 failures and the minimum as its replicas', () => {
    expect(scaleOf({ type: 'keda-auto-scaler', properties: { triggers, minReplicaCount: 4, fallback: {} } }).fallback).toEqual({
      failureThreshold: 3,
      replicas: 4,
      behavior: 'static',
    })
  })

  test('a minimum of 0 is what KEDA refuses, because the addon always writes an idle count', () => {
    expect(
      lines(resolve({ properties, traits: [{ type: 'keda-auto-scaler', properties: { triggers, minReplicaCount: 0 } }] }).diagnostics),
    ).toEqual([expect.stringContaining('IdleReplicaCount=0 must be less than MinReplicaCount=0')])
  })

  test('the old place of the metric type is understood, as in the tutorial of KubeVela', () => {
    const written = [{ type: 'cpu', metadata: { type: 'Utilization', value: '80' } }]
    const outcome = resolve({ properties, traits: [{ type: 'keda-auto-scaler', properties: { triggers: written } }] })
    expect(outcome).toMatchObject({ ok: true, value: { component: { scale: { triggers: [{ metricType: 'Utilization', target: 80 }] } } } })
    expect(outcome.diagnostics.map(({ code }) => code)).toEqual(['MP2505'])
  })
})

describe('with a scaler', () => {
  test.each(['before', 'after'])('%s it, the count is where the component starts', (when) => {
    const scaler = { type: 'scaler', properties: { replicas: 3 } }
    const traits = [{ type: 'hpa', properties: { max: 5 } }]
    expect(scaleOf(...(when === 'before' ? [scaler, ...traits] : [...traits, scaler]))).toMatchObject({ min: 1, max: 5, initial: 3 })
  })

  test('alone, the count is fixed', () => {
    expect(scaleOf({ type: 'scaler', properties: { replicas: 3 } })).toMatchObject({ min: 3, max: 3, initial: 3, triggers: [] })
  })
})

test('two autoscalers are refused', () => {
  expect(lines(resolve({ properties, traits: [{ type: 'hpa' }, { type: 'cpuscaler' }] }).diagnostics)).toEqual([
    'error MP2510 spec.components.0.traits.1.type: component "web" has two scalers: trait "hpa" and trait "cpuscaler" [in a cluster they would undo each other, and KEDA refuses the second: remove one of them]',
  ])
})
