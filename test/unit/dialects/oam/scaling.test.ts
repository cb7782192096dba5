import { describe, expect, test } from '@jest/globals'
import { resolveComponent } from '../../../../src/definitions/resolve.ts'
import { plain } from '../../definitions/component-source.ts'
import { definitions, load, printed } from '../memory-files.ts'

/** An application with a policy that keeps replicas, so that only what a test is about is reported. */
const APP = `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: { name: shop }
spec:
  policies:
    - { name: keep, type: apply-once, properties: { enable: true, rules: [{ strategy: { path: [spec.replicas] } }] } }
  components:
    - name: web
      type: webservice
      properties:
        image: web:1
        env: [{ name: REDIS, value: "redis:6379" }]
    - { name: job, type: task, properties: { image: job, cmd: [run] } }
`

const keda = (kind: string, name: string, spec: string, metadata = ''): string =>
  `---\napiVersion: keda.sh/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name}${metadata} }\nspec: ${spec}\n`

const redis = '{ type: redis, metadata: { addressFromEnv: REDIS, listName: jobs } }'

async function scaled(documents: string, app = APP) {
  const result = await load({ 'app.yaml': app + documents })
  const source = result.outcome.ok ? result.outcome.value.applications[0]?.components.find(({ name }) => name === 'web') : undefined
  const resolved = source === undefined ? undefined : resolveComponent(definitions, source)
  const component = resolved?.ok === true ? resolved.value.component : undefined
  return { result, text: printed(result), component, scale: component === undefined ? undefined : plain(component.scale) }
}

describe('a ScaledObject', () => {
  test('becomes the policy of the component it names, with the defaults of KEDA', async () => {
    const { text, scale } = await scaled(keda('ScaledObject', 'web-scaler', `{ scaleTargetRef: { name: web }, triggers: [${redis}] }`))
    expect(text).toBe('')
    expect(scale).toEqual({
      min: 0,
      max: 100,
      initial: 1,
      pollMs: 30_000,
      cooldownMs: 300_000,
      initialCooldownMs: 0,
      by: 'keda',
      name: 'web-scaler',
      triggers: [
        {
          name: 's0-redis-jobs',
          named: false,
          type: 'redis',
          metadata: {
            addressFromEnv: 'REDIS',
            listName: 'jobs',
            listLength: '5',
            activationListLength: '0',
            enableTLS: 'false',
            unsafeSsl: 'false',
          },
          metricType: 'AverageValue',
          target: 5,
          activation: 0,
          useCachedMetrics: false,
          from: { by: 'meter', push: false },
          auth: {},
        },
      ],
    })
  })

  test('with everything it can have', async () => {
    const { text, scale } = await scaled(
      keda(
        'ScaledObject',
        'web',
        `{ scaleTargetRef: { name: web, kind: Deployment, envSourceContainerName: web }, pollingInterval: 5, cooldownPeriod: 60, initialCooldownPeriod: 10,
    idleReplicaCount: 0, minReplicaCount: 2, maxReplicaCount: 8,
    fallback: { failureThreshold: 3, replicas: 4, behavior: currentReplicasIfHigher },
    advanced: {
      horizontalPodAutoscalerConfig: { behavior: { scaleDown: { stabilizationWindowSeconds: 60, policies: [{ type: Percent, value: 50, periodSeconds: 15 }], tolerance: "50m" } } },
      scalingModifiers: { formula: "jobs * 2", target: "4", activationTarget: "1", metricType: Value } },
    triggers: [{ type: redis, name: jobs, metadata: { addressFromEnv: REDIS, listName: jobs }, metricType: Value, useCachedMetrics: true }] }`,
        ', annotations: { autoscaling.keda.sh/paused-replicas: "3", other: x }',
      ),
    )
    expect(text).toBe('')
    expect(scale).toMatchObject({
      min: 2,
      max: 8,
      idle: 0,
      pollMs: 5000,
      cooldownMs: 60_000,
      initialCooldownMs: 10_000,
      fallback: { failureThreshold: 3, replicas: 4, behavior: 'currentReplicasIfHigher' },
      behavior: {
        scaleDown: { stabilizationWindowSeconds: 60, policies: [{ type: 'Percent', value: 50, periodSeconds: 15 }], tolerance: 0.05 },
      },
      modifiers: { formula: 'jobs * 2', target: 4, activationTarget: 1, metricType: 'Value' },
      annotations: { 'autoscaling.keda.sh/paused-replicas': '3' },
      triggers: [{ name: 'jobs', named: true, metricType: 'Value', useCachedMetrics: true, envContainer: 'web' }],
    })
  })

  test.each([
    ['a target that does not exist', '{ scaleTargetRef: { name: wep }, triggers: [] }', ['MP3140']],
    ['a target of another kind', '{ scaleTargetRef: { name: job }, triggers: [] }', ['MP3141']],
    ['no target', '{ triggers: [] }', ['MP3140']],
    ['no triggers', '{ scaleTargetRef: { name: web }, triggers: [] }', ['MP2519']],
  ])('with %s is refused', async (_, spec, codes) => {
    const { result } = await scaled(keda('ScaledObject', 'web', spec))
    expect(result.outcome.ok).toBe(false)
    expect(result.shown.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual(codes)
  })

  test('is refused as a second scaler, beside a trait or another document', async () => {
    const one = keda('ScaledObject', 'one', `{ scaleTargetRef: { name: web }, triggers: [${redis}] }`)
    const hpa = `---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: two }\nspec: { scaleTargetRef: { name: web }, maxReplicas: 3 }\n`
    expect((await scaled(one + hpa)).text).toContain(
      'component "web" has two scalers: ScaledObject "one" and HorizontalPodAutoscaler "two"',
    )
    const traited = APP.replace('        image: web:1\n', '        image: web:1\n').replace(
      '    - { name: job',
      '      traits: [{ type: hpa }]\n    - { name: job',
    )
    expect((await scaled(one, traited)).text).toContain('component "web" has two scalers: trait "hpa" and ScaledObject "one"')
  })

  test('an unknown key of the metadata is hidden and not kept: it may hold a secret', async () => {
    const spec =
      '{ scaleTargetRef: { name: web }, triggers: [{ type: redis, metadata: { address: "r:1", listName: a, pasword: hunter2 } }] }'
    const { result, text } = await scaled(keda('ScaledObject', 'web', spec))
    expect(text).toContain('did you mean "password"?')
    expect(text).not.toContain('hunter2')
    expect(JSON.stringify(result.outcome)).not.toContain('hunter2')
  })
})

describe('a TriggerAuthentication', () => {
  const secret = '---\napiVersion: v1\nkind: Secret\nmetadata: { name: broker }\nstringData: { url: "amqp://user:hunter2@rabbit:5672" }\n'
  const trigger = (ref: string) =>
    keda(
      'ScaledObject',
      'web',
      `{ scaleTargetRef: { name: web }, triggers: [{ type: rabbitmq, metadata: { queueName: jobs }, authenticationRef: ${ref} }] }`,
    )

  test('gives parameters, never their values', async () => {
    const auth = keda('TriggerAuthentication', 'broker', '{ secretTargetRef: [{ parameter: host, name: broker, key: url }] }')
    const { result, text, component } = await scaled(trigger('{ name: broker }') + auth + secret)
    expect(text).toBe('')
    expect(component?.scale.triggers[0]?.auth).toEqual({
      host: { from: 'secret', ref: { namespace: 'default', secret: 'broker', key: 'url' } },
    })
    expect(result.outcome.ok && JSON.stringify(result.outcome.value.applications)).not.toContain('hunter2')
  })

  test('secrets replace config maps, which replace variables; those of the cluster are read from the namespace of KEDA', async () => {
    const auth = keda(
      'ClusterTriggerAuthentication',
      'broker',
      `{ env: [{ parameter: host, name: HOST }, { parameter: username, name: USER, containerName: side }],
         configMapTargetRef: [{ parameter: host, name: c, key: k }, { parameter: password, name: c, key: p }],
         secretTargetRef: [{ parameter: host, name: s, key: k }] }`,
    )
    const { component, text } = await scaled(trigger('{ name: broker, kind: ClusterTriggerAuthentication }') + auth)
    expect(text).toContain('has no container "side"')
    expect(component).toBeUndefined()
    const without = await scaled(
      trigger('{ name: broker, kind: ClusterTriggerAuthentication }') + auth.replace(', containerName: side', ''),
    )
    expect(without.text).toContain('parameter "host" reads secret "s", which does not exist in namespace "keda"')
    expect(without.component?.scale.triggers[0]?.auth).toEqual({
      host: { from: 'secret', ref: { namespace: 'keda', secret: 's', key: 'k' } },
      username: { from: 'env', name: 'USER' },
      password: { from: 'config', namespace: 'keda', name: 'c', key: 'p' },
    })
  })

  test('that does not exist, or is of the other kind, is named', async () => {
    const auth = keda('TriggerAuthentication', 'broker', '{ env: [{ parameter: host, name: HOST }] }')
    expect((await scaled(trigger('{ name: brokr }') + auth)).text).toMatch(
      /there is no TriggerAuthentication "brokr"[\s\S]*did you mean "broker"\?/,
    )
    expect((await scaled(trigger('{ name: broker, kind: ClusterTriggerAuthentication }') + auth)).text).toContain(
      '"broker" is a TriggerAuthentication: add kind: TriggerAuthentication',
    )
  })

  test('from a vault or an identity is said not to be simulated, and its trigger is set by hand', async () => {
    const auth = keda(
      'TriggerAuthentication',
      'broker',
      '{ podIdentity: { provider: azure-workload }, hashiCorpVault: { address: a, authentication: token, credential: { token: hunter2 }, secrets: [] } }',
    )
    const { text, component } = await scaled(trigger('{ name: broker }') + auth)
    expect(text).toContain('"podIdentity" of TriggerAuthentication "broker" is not simulated')
    expect(text).toContain('"hashiCorpVault" of TriggerAuthentication "broker" is not simulated')
    expect(text).toContain('minipaas metric set web s0-rabbitmq-jobs 42')
    expect(text).not.toContain('hunter2')
    expect(component?.scale.triggers[0]?.from).toEqual({ by: 'hand' })
  })
})

describe('other documents', () => {
  const hpa = (version: string, spec: string) =>
    `---\napiVersion: ${version}\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, ${spec} }\n`
  const app = APP.replace('image: web:1', 'image: web:1\n        cpu: "0.5"\n        memory: 256Mi')

  test('a HorizontalPodAutoscaler scales alone', async () => {
    const metrics = `[{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 60 } } },
      { type: ContainerResource, containerResource: { name: memory, container: web, target: { type: AverageValue, averageValue: 100Mi } } },
      { type: Pods, pods: { metric: { name: rps }, target: { type: AverageValue, averageValue: "1k" } } },
      { type: External, external: { metric: { name: queue }, target: { type: Value, value: 30 } } }]`
    const { text, component } = await scaled(
      hpa('autoscaling/v2', `minReplicas: 2, maxReplicas: 9, metrics: ${metrics}, behavior: {}`),
      app,
    )
    expect(text).toContain('minipaas metric set web s2-rps 42')
    expect(component?.scale).toMatchObject({ by: 'hpa', name: 'web', min: 2, max: 9, initial: 1, behavior: {} })
    expect(component?.scale.triggers.map(({ name, type, metricType, target, from }) => [name, type, metricType, target, from.by])).toEqual([
      ['s0-cpu', 'cpu', 'Utilization', 60, 'engine'],
      ['s1-memory-web', 'memory', 'AverageValue', 100 * 2 ** 20, 'engine'],
      ['s2-rps', 'hpa-pods', 'AverageValue', 1000, 'hand'],
      ['s3-queue', 'hpa-external', 'Value', 30, 'hand'],
    ])
  })

  test('the older form, and no metric at all: 80 % of the requested cpu', async () => {
    for (const version of ['autoscaling/v1', 'autoscaling/v2']) {
      const { text, component } = await scaled(hpa(version, 'maxReplicas: 3'), app)
      expect(text).toBe('')
      expect(component?.scale.triggers.map(({ type, target }) => [type, target])).toEqual([['cpu', 80]])
    }
    const { component } = await scaled(hpa('autoscaling/v1', 'maxReplicas: 3, targetCPUUtilizationPercentage: 35'), app)
    expect(component?.scale.triggers[0]?.target).toBe(35)
  })

  test.each([
    ['{ type: Resource, resource: { name: cpu, target: { type: Value, value: 3 } } }', 'MP2503'],
    ['{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageValue: 3 } } }', 'MP2102 MP2106'],
    ['{ type: Pods }', 'MP2102'],
    [
      '{ type: Pods, pods: { metric: { name: a }, target: { type: AverageValue, averageValue: 1 } }, resource: { name: cpu, target: { type: Utilization, averageUtilization: 3 } } }',
      'MP2106',
    ],
    ['{ type: External, external: { metric: { name: a }, target: { type: Value, value: "0" } } }', 'MP2105'],
  ])('a wrong metric %s', async (metric, codes) => {
    const { result } = await scaled(hpa('autoscaling/v2', `maxReplicas: 3, metrics: [${metric}]`), app)
    expect(
      result.shown
        .filter(({ severity }) => severity === 'error')
        .map(({ code }) => code)
        .join(' '),
    ).toBe(codes)
  })

  test('an HTTPScaledObject counts at the edge', async () => {
    const http = (spec: string) =>
      `---\napiVersion: http.keda.sh/v1alpha1\nkind: HTTPScaledObject\nmetadata: { name: web }\nspec: { hosts: [shop.example.com], scaleTargetRef: { name: web, service: web, port: 80 }${spec} }\n`
    const plainly = await scaled(http(''))
    expect(plainly.text).toBe('')
    expect(plainly.scale).toMatchObject({
      min: 0,
      max: 100,
      pollMs: 15_000,
      cooldownMs: 300_000,
      by: 'keda',
      triggers: [{ name: 's0-http-concurrency', type: 'http', target: 100, activation: 0, from: { by: 'edge', metric: 'concurrency' } }],
    })
    expect(plainly.component?.notes.map(({ subject }) => subject)).toContain('HTTPScaledObject.spec.hosts')
    const rated = await scaled(
      http(
        ', replicas: { min: 1, max: 5 }, scaledownPeriod: 20, initialCooldownPeriod: 3, scalingMetric: { requestRate: { targetValue: 20, window: 2m, granularity: 500ms } }',
      ),
    )
    expect(rated.text).toBe('')
    expect(rated.scale).toMatchObject({
      min: 1,
      max: 5,
      cooldownMs: 20_000,
      initialCooldownMs: 3000,
      triggers: [{ target: 20, from: { by: 'edge', metric: 'requestRate', windowMs: 120_000, granularityMs: 500, average: false } }],
    })
  })

  test('an InterceptorRoute is counted for the ScaledObject that names it', async () => {
    const route = `---\napiVersion: http.keda.sh/v1beta1\nkind: InterceptorRoute\nmetadata: { name: front }\nspec: { target: { service: web, port: 80 }, scalingMetric: { concurrency: { targetValue: 7 }, requestRate: { targetValue: 9, window: 30s } } }\n`
    const object = (name: string) =>
      keda(
        'ScaledObject',
        'web',
        `{ scaleTargetRef: { name: web }, triggers: [{ type: external-push, metadata: { scalerAddress: "a:9090", interceptorRoute: ${name} } }] }`,
      )
    const { component } = await scaled(object('front') + route)
    expect(component?.scale.triggers.map(({ name, target, from }) => [name, target, from])).toEqual([
      ['s0-http-concurrency', 7, { by: 'edge', metric: 'concurrency', windowMs: 60_000, average: false }],
      ['s0-http-requestRate', 9, { by: 'edge', metric: 'requestRate', windowMs: 30_000, average: false, granularityMs: 1000 }],
    ])
    expect((await scaled(object('frnt') + route)).text).toMatch(/there is no InterceptorRoute "frnt"[\s\S]*did you mean "front"\?/)
  })

  test('an HTTPScaledObject that makes no scaler is counted for the ScaledObject that names it', async () => {
    const http =
      '---\napiVersion: http.keda.sh/v1alpha1\nkind: HTTPScaledObject\n' +
      'metadata: { name: front, annotations: { httpscaledobject.keda.sh/skip-scaledobject-creation: "true" } }\n' +
      'spec: { scaleTargetRef: { name: web }, targetPendingRequests: 30 }\n'
    const trigger = '{ type: external-push, metadata: { scalerAddress: "a:9090", httpScaledObject: front } }'
    const object = keda('ScaledObject', 'web', `{ scaleTargetRef: { name: web }, triggers: [${trigger}] }`)
    const { component, text } = await scaled(object + http)
    expect(text).toBe('')
    expect(component?.scale.triggers.map(({ name, target }) => [name, target])).toEqual([['s0-http-concurrency', 30]])
    expect((await scaled(object)).text).toContain('there is no HTTPScaledObject "front"')
  })

  test.each([
    ['autoscaling.keda.sh/pausd: "true"', 'did you mean "autoscaling.keda.sh/paused"?'],
    ['autoscaling.keda.sh/paused-replicas: some', '"autoscaling.keda.sh/paused-replicas" must be a whole number, found "some"'],
    ['scaledobject.keda.sh/transfer-hpa-ownership: "true"', 'no HorizontalPodAutoscaler object is made here'],
  ])('annotation %s', async (annotation, expected) => {
    const spec = `{ scaleTargetRef: { name: web }, triggers: [${redis}] }`
    expect((await scaled(keda('ScaledObject', 'web', spec, `, annotations: { ${annotation} }`))).text).toContain(expected)
  })

  test('a ScaledJob is a component of its own', async () => {
    const template = '{ spec: { containers: [{ name: work, image: "work:1" }] } }'
    const job = (trigger: string, more = '') =>
      keda('ScaledJob', 'batch', `{ jobTargetRef: { template: ${template} }, triggers: [${trigger}]${more} }`)
    const { result } = await scaled(job(redis, ', minReplicaCount: 1, scalingStrategy: { strategy: accurate }'))
    expect(result.outcome.ok).toBe(true)
    const model = result.outcome.ok ? result.outcome.value.applications[0] : undefined
    expect(model?.components.map(({ key, type }) => `${key} ${type.type}`)).toContain('batch object/ScaledJob')
    expect(model?.workflow.steps[0]).toMatchObject({ name: 'scaled-job-batch', work: { components: [{ key: 'batch' }] } })
  })

  test('what is wrong with a ScaledJob', async () => {
    const said = async (spec: string, name = 'batch') => (await scaled(keda('ScaledJob', name, spec))).text
    const template = 'jobTargetRef: { template: { spec: { containers: [{ name: work, image: "work:1" }] } } }'
    expect(await said(`{ ${template}, triggers: [{ type: redis, metadata: { address: "redis:6379" } }] }`)).toContain(
      'trigger "redis": "listName" is missing',
    )
    expect(await said(`{ ${template}, triggers: [] }`)).toContain('no triggers defined in the ScaledJob')
    expect(await said(`{ ${template}, triggers: [${redis}], maxReplicaCount: 2, minReplicaCount: 3 }`)).toContain(
      'the minimum of 3 jobs is above the maximum of 2, which is used for both',
    )
    expect(await said(`{ ${template}, triggers: [${redis}], scalingStrategy: { strategy: custom } }`)).toContain(
      'the strategy custom needs customScalingRunningJobPercentage as a number, and there is none',
    )
    expect(await said(`{ ${template}, triggers: [${redis}], scalingStrategy: { strategy: quick } }`)).toContain('"quick"')
    expect(await said(`{ jobTargetRef: { template: { spec: { containers: [] } } }, triggers: [${redis}] }`)).toContain(
      'a pod needs at least one container',
    )
    expect(await said(`{ ${template}, triggers: [${redis}] }`, 'web')).toContain('has the name of a component of application')
    expect(await said(`{ ${template}, triggers: [${redis}], pollInterval: 3 }`)).toContain('pollInterval')
  })

  test.each([
    ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', 'write apiVersion: autoscaling/v2 or autoscaling/v1'],
    ['keda.k8s.io/v1alpha1', 'ScaledObject', 'write apiVersion: keda.sh/v1alpha1'],
  ])('%s %s is not understood', async (version, kind, hint) => {
    expect((await scaled(`---\napiVersion: ${version}\nkind: ${kind}\nmetadata: { name: a }\nspec: {}\n`)).text).toContain(hint)
  })

  test('two documents of one name', async () => {
    const one = keda('TriggerAuthentication', 'a', '{ env: [] }')
    expect((await scaled(one + one)).text).toContain('TriggerAuthentication "a" is written twice')
  })
})

describe('what KubeVela would do to the replicas', () => {
  const object = keda('ScaledObject', 'web', `{ scaleTargetRef: { name: web }, triggers: [${redis}] }`)
  const unkept = APP.replace(/ {2}policies:\n.*\n/, '')

  test('is a warning with the policy that mends it', async () => {
    const { text, result } = await scaled(object, unkept)
    expect(result.outcome.ok).toBe(true)
    expect(text).toContain('KubeVela may set the replicas of "web" back when it re-applies the Deployment: no apply-once policy keeps them')
    const policy = /add a policy: (\{.*\})/.exec(text)?.[1] ?? ''
    const mended = APP.replace(/ {4}- \{ name: keep, .*\n/, `    - ${policy}\n`)
    expect((await scaled(object, mended)).text).toBe('')
  })

  test('names the count of a scaler trait, from which the component starts', async () => {
    const app = unkept.replace('    - { name: job', '      traits: [{ type: scaler, properties: { replicas: 4 } }]\n    - { name: job')
    const { text, scale } = await scaled(object, app)
    expect(text).toContain('KubeVela would set the replicas of "web" back to 4, the count of its scaler trait, every five minutes')
    expect(scale).toMatchObject({ min: 0, max: 100, initial: 4 })
  })
})
