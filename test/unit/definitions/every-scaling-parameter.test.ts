import { expect, describe as group, test } from '@jest/globals'
import { builtinPlugins } from '../../../src/definitions/builtin.ts'
import type { TraitEntry } from '../../../src/definitions/definition.ts'
import { describe } from '../../../src/definitions/describe.ts'
import type { TriggerAuthentication } from '../../../src/model/scale-policy.ts'
import { lines, plain, resolve } from './component-source.ts'
import { at, put } from './parameter-paths.ts'
import { withAndWithout } from './parameter-samples.ts'

const redis = { type: 'redis', metadata: { address: 'redis:6379', listName: 'jobs' } }
const auth = (kind: TriggerAuthentication['kind'], name: string, variable: string): TriggerAuthentication => ({
  kind,
  name,
  parameters: { password: { from: 'env', name: variable } },
  notSimulated: [],
  origin: { file: 'app.yaml', doc: 1, path: [] },
})
const authentications = [
  auth('TriggerAuthentication', 'sample', 'A'),
  auth('TriggerAuthentication', 'another', 'B'),
  auth('ClusterTriggerAuthentication', 'sample', 'C'),
]
const trigger = { ...redis, name: 'jobs', metricType: 'AverageValue', authenticationRef: { name: 'sample' } }
const policies = [{ type: 'Pods', value: 2, periodSeconds: 30 }]
const behavior = { scaleUp: { policies }, scaleDown: { policies } }
const target = { name: 'web', kind: 'Deployment', apiVersion: 'apps/v1' }
const metric = (member: string, value: unknown) => ({ type: `${member[0]?.toUpperCase()}${member.slice(1)}`, [member]: value })

/** Parameters without a mistake, with every group that has members of its own. The first fitting one is used for each path. */
const WORLDS: Readonly<Record<string, readonly unknown[]>> = {
  cpuscaler: [{}],
  hpa: [{ mem: {}, podCustomMetrics: [{ name: 'rps', value: '3' }] }],
  'keda-auto-scaler': [{ triggers: [trigger], scaleTargetRef: {}, fallback: {}, minReplicaCount: 3, maxReplicaCount: 20 }],
  'object/ScaledObject': [
    {
      metadata: { name: 'web' },
      spec: {
        scaleTargetRef: target,
        minReplicaCount: 9,
        fallback: { failureThreshold: 3, replicas: 1 },
        advanced: { horizontalPodAutoscalerConfig: { behavior }, scalingModifiers: { formula: 'jobs', target: '5' } },
        triggers: [trigger],
      },
    },
  ],
  'object/HorizontalPodAutoscaler': [
    ...[
      metric('resource', { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } }),
      metric('containerResource', { name: 'cpu', container: 'web', target: { type: 'AverageValue', averageValue: 2 } }),
      metric('pods', { metric: { name: 'a' }, target: { type: 'AverageValue', averageValue: 2 } }),
      metric('object', { describedObject: { kind: 'Service' }, metric: { name: 'a' }, target: { type: 'Value', value: 2 } }),
      metric('external', { metric: { name: 'a' }, target: { type: 'Value', value: 2 } }),
    ].map((one) => ({ metadata: { name: 'web' }, spec: { scaleTargetRef: target, maxReplicas: 20, metrics: [one], behavior } })),
  ],
  'object/HorizontalPodAutoscaler-v1': [{ metadata: { name: 'web' }, spec: { scaleTargetRef: target, maxReplicas: 20 } }],
  'object/HTTPScaledObject': [
    { metadata: { name: 'web' }, spec: { scaleTargetRef: target, replicas: {}, scalingMetric: { concurrency: {} } } },
    { metadata: { name: 'web' }, spec: { scaleTargetRef: target, replicas: {}, scalingMetric: { requestRate: {} } } },
    { metadata: { name: 'web' }, spec: { scaleTargetRef: target } },
  ],
}

/** The component is found by them before the definition sees them; `attach-scaling` refuses wrong ones. */
const BINDING = /^spec\.scaleTargetRef\.(?:name|kind|apiVersion)$/

function effectOf({ type }: TraitEntry, params: unknown): string {
  const properties = {
    image: 'shop/web:1',
    cpu: '0.5',
    memory: '64Mi',
    env: ['A', 'B', 'C', 'sample', 'another'].map((name) => ({ name, value: 'x' })),
  }
  const side = { type: 'sidecar', properties: { name: 'another', image: 'shop/side:1' } }
  const origin = { file: 'app.yaml', doc: 2, path: [] }
  const isDocument = type.startsWith('object/')
  const outcome = resolve({
    properties,
    traits: isDocument ? [side] : [side, { type, properties: params }],
    more: { scaling: { uses: isDocument ? [{ type, params, origin }] : [], authentications, interceptorRoutes: [] } },
  })
  const { scale, notes } = outcome.ok ? outcome.value.component : { scale: null, notes: [] }
  return JSON.stringify([plain(scale), notes.map(({ subject, text }) => [subject, text]), lines(outcome.diagnostics)])
}

const scaling = builtinPlugins
  .flatMap((plugin) => plugin.definitions)
  .filter((each): each is TraitEntry => each.kind === 'trait' && each.scales)

group.each(scaling.map((definition) => ({ definition, name: definition.type })))('$name', ({ definition }) => {
  const worlds = WORLDS[definition.type] ?? []
  const described = describe(definition)
  const reported = described.filter(({ disposition }) => disposition.kind !== 'mapped').map(({ path }) => path)
  const paths = described.map(({ path }) => path)
  // A map is looked at member by member.
  const leaves = paths.filter((path) => !paths.some((below) => below.startsWith(`${path}.`)))
  const honoured = leaves.filter((path) => !BINDING.test(path) && !reported.some((above) => path.startsWith(`${above}.`)))

  test('its worlds hold no mistake', () => {
    expect(worlds.length).toBeGreaterThan(0)
    for (const world of worlds) expect(effectOf(definition, world)).not.toContain('"error ')
  })

  test(`each of ${honoured.length} parameters is honoured or reported`, () => {
    const silent = honoured.filter((path) => {
      const steps = path.split('.')
      const telling = at(withAndWithout(definition.parameters.node, steps).with, steps)
      return worlds.every((world) => effectOf(definition, put(world, steps, telling)) === effectOf(definition, world))
    })
    expect(silent).toEqual([])
  })

  test('parameters with a note say it', () => {
    const unsaid = reported.filter((path) => {
      const steps = path.split('.')
      const telling = at(withAndWithout(definition.parameters.node, steps).with, steps)
      return worlds.every((world) => {
        const disposition = described.find((one) => one.path === path)?.disposition
        const text = disposition !== undefined && 'text' in disposition ? disposition.text : ''
        return !effectOf(definition, put(world, steps, telling)).includes(text)
      })
    })
    expect(unsaid).toEqual([])
  })
})
