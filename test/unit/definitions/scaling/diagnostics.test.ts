import { describe, expect, test } from '@jest/globals'
import { lines, resolve } from '../component-source.ts'

const redis = { type: 'redis', metadata: { address: 'redis:6379', listName: 'jobs' } }
const cpu = { type: 'cpu', metricType: 'Utilization', metadata: { value: '50' } }
const origin = { file: 'scale.yaml', doc: 1, path: [] }

interface Shop {
  readonly type?: string
  readonly properties?: unknown
  readonly traits?: readonly { readonly type: string; readonly properties?: unknown }[]
}

/** What is said about a component with a ScaledObject of this spec. */
function said(spec: unknown, { type, properties, traits = [] }: Shop = {}): readonly string[] {
  const uses = [
    {
      type: 'object/ScaledObject',
      params: { metadata: { name: 'scaler' }, spec: { scaleTargetRef: { name: 'web' }, ...(spec as object) } },
      origin,
    },
  ]
  const written = { ...(type === undefined ? {} : { type }), properties: properties ?? { image: 'web:1' }, traits }
  return lines(resolve({ ...written, more: { scaling: { uses, authentications: [], interceptorRoutes: [] } } }).diagnostics)
}

test('nothing is said about a scaler without a mistake', () => {
  expect(said({ triggers: [redis] })).toEqual([])
  expect(said({ minReplicaCount: 1, maxReplicaCount: 1, triggers: [redis] })).toEqual([])
  expect(said({ minReplicaCount: 1, triggers: [cpu] }, { properties: { image: 'web:1', cpu: '0.5' } })).toEqual([])
})

describe('bounds', () => {
  test('the minimum above the maximum', () => {
    expect(said({ minReplicaCount: 5, maxReplicaCount: 3, triggers: [redis] })).toEqual([
      'error MP2512 spec.minReplicaCount: the minimum of 5 replicas is above the maximum of 3',
    ])
  })

  test.each([
    [2, 2, 'error MP2512 spec.idleReplicaCount: IdleReplicaCount=2 must be less than MinReplicaCount=2 [write 1 or less]'],
    [3, 2, 'error MP2512 spec.idleReplicaCount: IdleReplicaCount=3 must be less than MinReplicaCount=2 [write 1 or less]'],
    [
      0,
      0,
      'error MP2512 spec.idleReplicaCount: IdleReplicaCount=0 must be less than MinReplicaCount=0 [leave the idle count out: without it, 0 is the minimum and the idle size]',
    ],
    [1, 2, 'warning MP2512 spec.idleReplicaCount: an idle count of 1 does not last: the HPA brings 1 replicas back to 2; only 0 works'],
  ])('an idle count of %d with a minimum of %d', (idleReplicaCount, minReplicaCount, expected) => {
    expect(said({ idleReplicaCount, minReplicaCount, triggers: [redis] })).toEqual([expected])
  })

  test('an idle count of 0 below the minimum is what works', () => {
    expect(said({ idleReplicaCount: 0, minReplicaCount: 1, triggers: [redis] })).toEqual([])
  })

  test('numbers out of range', () => {
    expect(said({ pollingInterval: 0, maxReplicaCount: 0, cooldownPeriod: -1, triggers: [redis] })).toEqual([
      'error MP2105 spec.pollingInterval: "spec.pollingInterval" must be at least 1, found 0',
      'error MP2105 spec.cooldownPeriod: "spec.cooldownPeriod" must be at least 0, found -1',
      'error MP2105 spec.maxReplicaCount: "spec.maxReplicaCount" must be at least 1, found 0',
    ])
  })
})

describe('cpu and memory', () => {
  test('a container without a request is named, as the webhook of KEDA names it', () => {
    const traits = [{ type: 'sidecar', properties: { name: 'proxy', image: 'proxy:1' } }]
    expect(said({ minReplicaCount: 1, triggers: [cpu] }, { properties: { image: 'web:1', cpu: '0.5' }, traits })).toEqual([
      'error MP2515 spec.triggers.0: the scaledobject has a cpu trigger but the container proxy doesn\'t have the cpu request defined [give the container a request, for example cpu: "0.5"]',
    ])
    const one = { ...cpu, metadata: { value: '50', containerName: 'web' } }
    expect(said({ minReplicaCount: 1, triggers: [one] }, { properties: { image: 'web:1', cpu: '0.5' }, traits })).toEqual([])
  })

  test('a container that does not exist', () => {
    const one = { ...cpu, metadata: { value: '50', containerName: 'wep' } }
    expect(said({ minReplicaCount: 1, triggers: [one] })).toEqual([
      'error MP2201 spec.triggers.0: trigger "cpu": component "web" has no container "wep" [did you mean "web"?]',
    ])
  })

  test('alone they do not reach 0', () => {
    const memory = { type: 'memory', metricType: 'AverageValue', metadata: { value: '64Mi' } }
    const properties = { image: 'web:1', cpu: '0.5', memory: '64Mi' }
    expect(said({ triggers: [cpu, memory] }, { properties })).toEqual([
      "error MP2513 spec.triggers: scaledobject has only cpu/memory triggers AND minReplica is 0 (scale to zero doesn't work in this case) [set the minimum to 1, or add a trigger that can tell when there is work, such as http or a queue]",
    ])
    expect(said({ triggers: [cpu, redis] }, { properties })).toEqual([])
  })
})

describe('fallback', () => {
  const fallback = { failureThreshold: 3, replicas: 2 }

  test('needs a trigger that is not cpu or memory, unless a formula makes one', () => {
    expect(said({ minReplicaCount: 1, fallback, triggers: [cpu] }, { properties: { image: 'web:1', cpu: '0.5' } })).toEqual([
      'error MP2514 spec.fallback: a fallback needs at least one trigger that is not cpu or memory',
    ])
  })

  test('by a formula needs one', () => {
    expect(said({ fallback: { ...fallback, behavior: 'scalingModifiers' }, triggers: [redis] })).toEqual([
      'error MP2514 spec.fallback: scalingModifiers fallback behavior requires scalingModifiers.formula to be defined',
    ])
  })

  test('has both numbers, and one of five behaviors', () => {
    expect(said({ fallback: { failureThreshold: -1, behavior: 'statik' }, triggers: [redis] })).toEqual([
      'error MP2105 spec.fallback.failureThreshold: "spec.fallback.failureThreshold" must be at least 0, found -1',
      'error MP2102 spec.fallback: "replicas" is missing in "spec.fallback"',
      'error MP2104 spec.fallback.behavior: "spec.fallback.behavior" must be one of "static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower" or "scalingModifiers", found "statik" [did you mean "static"?]',
    ])
  })
})

describe('settings without effect', () => {
  const polling =
    'warning MP2520 spec.pollingInterval: pollingInterval has no effect: it matters only when minReplicaCount is 0, idleReplicaCount is set or useCachedMetrics is on'
  const cooldown =
    'warning MP2520 spec.cooldownPeriod: cooldownPeriod has no effect: it matters only when minReplicaCount is 0 or idleReplicaCount is set'
  const both = { pollingInterval: 5, cooldownPeriod: 60 }
  const short = (found: readonly string[]) => found.map((line) => line.replace(/ \[.*/, ''))

  test('between the minimum and the maximum, the HPA decides', () => {
    expect(short(said({ ...both, minReplicaCount: 1, triggers: [redis] }))).toEqual([polling, cooldown])
    expect(short(said({ ...both, minReplicaCount: 1, triggers: [{ ...redis, useCachedMetrics: true }] }))).toEqual([cooldown])
    expect(said({ ...both, minReplicaCount: 1, idleReplicaCount: 0, triggers: [redis] })).toEqual([])
    expect(said({ ...both, triggers: [redis] })).toEqual([])
    expect(said({ minReplicaCount: 1, triggers: [redis] })).toEqual([])
  })
})

describe('formulas', () => {
  const composed = (scalingModifiers: unknown, triggers: readonly unknown[] = [{ ...redis, name: 'jobs' }]) =>
    said({ advanced: { scalingModifiers }, triggers })

  test.each([
    [{ target: '3' }, 'error MP2516 spec.advanced.scalingModifiers.formula: scalingModifiers need a formula'],
    [{ formula: 'jobs' }, 'error MP2516 spec.advanced.scalingModifiers.target: formula is given but target is empty'],
    [
      { formula: 'jobs', target: '0' },
      'error MP2516 spec.advanced.scalingModifiers.target: the target of scalingModifiers must be a number above 0, found "0"',
    ],
    [
      { formula: 'jobs', target: '2', metricType: 'Utilization' },
      'error MP2104 spec.advanced.scalingModifiers.metricType: "spec.advanced.scalingModifiers.metricType" must be one of "AverageValue" or "Value", found "Utilization"',
    ],
  ])('%j', (modifiers, expected) => {
    expect(composed(modifiers)).toEqual([expected])
  })

  test('a trigger without a name is outside of the formula', () => {
    expect(composed({ formula: 'jobs', target: '2' }, [{ ...redis, name: 'jobs' }, redis])).toEqual([
      'warning MP2518 spec.triggers.1: trigger "redis" has no name: the formula cannot use it, and alone it has no effect [give it a name]',
    ])
  })
})

describe('triggers among themselves', () => {
  test('names are unique', () => {
    const named = { ...redis, name: 'jobs' }
    expect(said({ triggers: [named, named] })).toEqual([
      'error MP2502 spec.triggers.1.name: two triggers are called "jobs": names must be unique',
    ])
  })

  test('all mistakes are reported at once', () => {
    expect(
      said({ triggers: [{ type: 'redos' }, { type: 'redis', metadata: { listName: 'a' } }] }).map((line) => line.split(':')[0]),
    ).toEqual(['error MP2501 spec.triggers.0.type', 'error MP2102 spec.triggers.1.metadata'])
  })
})

describe('variables', () => {
  const trigger = { type: 'redis', metadata: { addressFromEnv: 'REDIS', listName: 'jobs' } }
  const properties = {
    image: 'web:1',
    env: [
      { name: 'REDIS_URL', value: 'redis:6379' },
      { name: 'REDIZ', value: 'x' },
    ],
  }

  test('that the container does not have', () => {
    expect(said({ triggers: [trigger] }, { properties })).toEqual([
      'warning MP2517 spec.triggers.0.metadata.addressFromEnv: trigger "redis": container "web" has no variable "REDIS" [did you mean "REDIZ"?]',
    ])
  })

  test('are read from the container that the scaler names', () => {
    const traits = [{ type: 'sidecar', properties: { name: 'side', image: 'side:1', env: [{ name: 'REDIS', value: 'x' }] } }]
    const scaleTargetRef = { name: 'web', envSourceContainerName: 'side' }
    expect(said({ scaleTargetRef, triggers: [trigger] }, { properties, traits })).toEqual([])
    expect(said({ scaleTargetRef: { name: 'web', envSourceContainerName: 'sidee' }, triggers: [trigger] }, { properties, traits })).toEqual(
      ['error MP2201 spec.triggers.0: trigger "redis": component "web" has no container "sidee" [did you mean "side"?]'],
    )
  })
})

test('a job cannot be scaled', () => {
  expect(
    lines(
      resolve({
        type: 'task',
        properties: { image: 'job:1', cmd: ['run'] },
        traits: [{ type: 'keda-auto-scaler', properties: { triggers: [redis] } }],
      }).diagnostics,
    ),
  ).toEqual([
    'error MP2511 spec.components.0.traits.0.properties: component "web" cannot be scaled: a Job has no number of replicas [use a type such as webservice or worker]',
  ])
})

test('behavior as Kubernetes validates it', () => {
  const behavior = {
    scaleUp: { policies: [] },
    scaleDown: { stabilizationWindowSeconds: 4000, selectPolicy: 'Minn', policies: [{ type: 'Pods', value: 0, periodSeconds: 1801 }] },
  }
  const found = (scaleUp: unknown, scaleDown: unknown) =>
    said({ advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleUp, scaleDown } } }, triggers: [redis] }).map((line) =>
      line.replace(/spec\.advanced\.horizontalPodAutoscalerConfig\.behavior/g, '~'),
    )
  expect(found({}, behavior.scaleDown)).toEqual([
    'error MP2105 ~.scaleDown.stabilizationWindowSeconds: "~.scaleDown.stabilizationWindowSeconds" must be from 0 to 3600, found 4000',
    'error MP2104 ~.scaleDown.selectPolicy: "~.scaleDown.selectPolicy" must be one of "Max", "Min" or "Disabled", found "Minn" [did you mean "Min"?]',
    'error MP2105 ~.scaleDown.policies.0.value: "~.scaleDown.policies[0].value" must be at least 1, found 0',
    'error MP2105 ~.scaleDown.policies.0.periodSeconds: "~.scaleDown.policies[0].periodSeconds" must be from 1 to 1800, found 1801',
  ])
  expect(found(behavior.scaleUp, {})).toEqual(['error MP2105 ~.scaleUp.policies: "scaleUp.policies" must have at least one policy'])
})
