import { expect, describe as group, test } from '@jest/globals'
import { describe } from '../../../src/definitions/describe.ts'
import { scaledJob } from '../../../src/definitions/objects/scaled-job.ts'
import type { TriggerAuthentication } from '../../../src/model/scale-policy.ts'
import { lines, plain, resolve } from './component-source.ts'
import { at, put } from './parameter-paths.ts'
import { withAndWithout } from './parameter-samples.ts'

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

const trigger = {
  type: 'redis',
  name: 'jobs',
  metadata: { address: 'redis:6379', listName: 'jobs' },
  authenticationRef: { name: 'sample' },
}
const variables = ['A', 'B', 'C'].map((name) => ({ name, value: 'x' }))

/** A container with every group that has members of its own. */
const container = (name: string, valueFrom: unknown) => ({
  name,
  image: 'work:1',
  env: [{ name: 'D', valueFrom }, ...variables],
  resources: { requests: {}, limits: {} },
  ports: [{ containerPort: 80 }],
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
})

/** ScaledJobs without a mistake; each source of a variable and of a volume is in one of them. */
const WORLDS = [
  { valueFrom: { secretKeyRef: { name: 's', key: 'k' } }, volume: { emptyDir: {} } },
  { valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } }, volume: { configMap: { name: 'c', items: [{ key: 'a', path: 'b' }] } } },
  { valueFrom: { fieldRef: { fieldPath: 'metadata.name' } }, volume: { secret: { secretName: 's', items: [{ key: 'a', path: 'b' }] } } },
  { valueFrom: undefined, volume: { persistentVolumeClaim: { claimName: 'c' } } },
  { valueFrom: undefined, volume: { hostPath: { path: '/tmp' } } },
].map(({ valueFrom, volume }) => ({
  metadata: { name: 'batch', annotations: { 'autoscaling.keda.sh/paused': 'false' } },
  spec: {
    jobTargetRef: {
      template: {
        metadata: {},
        spec: {
          containers: [container('work', valueFrom)],
          initContainers: [container('before', valueFrom)],
          volumes: [{ name: 'data', ...volume }],
          hostAliases: [{ ip: '127.0.0.1', hostnames: ['a'] }],
        },
      },
    },
    rollout: {},
    scalingStrategy: { customScalingRunningJobPercentage: '0.5' },
    triggers: [trigger],
  },
}))

/** Everything a user could notice. */
function effectOf(params: unknown): string {
  const outcome = resolve({
    type: scaledJob.type,
    properties: params,
    more: {
      type: { type: scaledJob.type, params, origin: { file: 'app.yaml', doc: 2, path: [] } },
      scaling: { uses: [], authentications, interceptorRoutes: [] },
    },
  })
  return JSON.stringify([outcome.ok ? plain(withoutGeneration(outcome.value.component)) : null, lines(outcome.diagnostics)])
}

/** Every change of the spec changes it: it is no effect of its own. */
function withoutGeneration<C extends { readonly scale: { readonly jobs?: object } }>(component: C): C {
  return { ...component, scale: { ...component.scale, jobs: { ...component.scale.jobs, generation: '' } } }
}

const described = describe(scaledJob)
const reported = described.filter(({ disposition }) => disposition.kind !== 'mapped').map(({ path }) => path)
const paths = described.map(({ path }) => path)
const leaves = paths.filter((path) => !paths.some((below) => below.startsWith(`${path}.`)))
const honoured = leaves.filter((path) => !reported.some((above) => path.startsWith(`${above}.`)))

group('object/ScaledJob', () => {
  test('its worlds hold no mistake', () => {
    for (const world of WORLDS) expect(effectOf(world)).not.toContain('"error ')
  })

  test(`each of ${honoured.length} parameters is honoured or reported`, () => {
    const silent = honoured.filter((path) => {
      const steps = path.split('.')
      const telling = at(withAndWithout(scaledJob.parameters.node, steps).with, steps)
      return WORLDS.every((world) => effectOf(put(world, steps, telling)) === effectOf(world))
    })
    expect(silent).toEqual([])
  })

  test('parameters with a note say it', () => {
    const unsaid = reported.filter((path) => {
      const steps = path.split('.')
      const telling = at(withAndWithout(scaledJob.parameters.node, steps).with, steps)
      const disposition = described.find((one) => one.path === path)?.disposition
      const text = disposition !== undefined && 'text' in disposition ? disposition.text : ''
      return WORLDS.every((world) => !effectOf(put(world, steps, telling)).includes(text))
    })
    expect(unsaid).toEqual([])
  })
})
