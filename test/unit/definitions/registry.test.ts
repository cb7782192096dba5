import { describe, expect, test } from '@jest/globals'
import { builtinDefinitions, builtinPlugins } from '../../../src/definitions/builtin.ts'
import { defineTrait } from '../../../src/definitions/define.ts'
import type { Plugin } from '../../../src/definitions/definition.ts'
import { createRegistry } from '../../../src/definitions/registry.ts'
import { fields } from '../../../src/definitions/schema.ts'
import { lines } from './component-source.ts'

function aTrait(type: string, aliases: readonly string[] = []) {
  return defineTrait({ kind: 'trait', type, aliases, simulation: { level: 'simulated' }, parameters: fields({}) })
}

function aPlugin(name: string, more: Partial<Plugin> = {}): Plugin {
  return { name, api: 1, definitions: [], ...more }
}

describe('registration', () => {
  test.each<[string, readonly Plugin[], readonly string[]]>([
    ['nothing wrong', [aPlugin('a', { requires: ['b'] }), aPlugin('b')], []],
    ['a missing requirement', [aPlugin('a', { requires: ['b'] })], ['error MP2002: plugin "a" requires "b", which is not registered']],
    ['the same plugin twice', [aPlugin('a'), aPlugin('a')], ['error MP2006: plugin "a" is registered twice']],
    [
      'a circle',
      [aPlugin('a', { requires: ['b'] }), aPlugin('b', { requires: ['c'] }), aPlugin('c', { requires: ['b'] })],
      ['error MP2005: plugins require each other in a circle: b -> c -> b'],
    ],
    [
      'a type twice',
      [aPlugin('a', { definitions: [aTrait('x')] }), aPlugin('b', { definitions: [aTrait('x')] })],
      ['error MP2003: trait "x" is defined twice'],
    ],
    [
      'an alias that is a type',
      [aPlugin('a', { definitions: [aTrait('x'), aTrait('y', ['x'])] })],
      ['error MP2004: alias "x" of trait "y" is already the name of another one'],
    ],
    [
      'an alias twice',
      [aPlugin('a', { definitions: [aTrait('x', ['z']), aTrait('y', ['z'])] })],
      ['error MP2004: alias "z" of trait "y" is already the name of another one'],
    ],
  ])('%s', (_, plugins, expected) => {
    expect(lines(createRegistry(plugins).diagnostics)).toEqual(expected)
  })

  test('another API version', () => {
    const plugin = JSON.parse('{ "name": "later", "api": 2, "definitions": [] }') as Plugin
    expect(lines(createRegistry([plugin]).diagnostics)).toEqual([
      'error MP2001: plugin "later" is written for API version 2, supported is 1',
    ])
  })

  test('plugins add to the built-in definitions', () => {
    const registry = createRegistry([...builtinPlugins, aPlugin('mine', { definitions: [aTrait('mine', ['my'])] })])
    if (!registry.ok) throw new Error('refused')
    expect(registry.value.find('trait', 'my')?.type).toBe('mine')
    expect(registry.value.names('trait')).toEqual(expect.arrayContaining(['mine', 'my', 'scaler']))
  })
})

describe('look-up', () => {
  const view = builtinDefinitions()

  test.each([
    ['webservice', 'webservice'],
    ['webservice@v1.2.3', 'webservice'],
    ['aws-s3', 'aws-*'],
    ['constructor', undefined],
    ['@v1', undefined],
  ])('component type %s is %s', (written, found) => {
    expect(view.find('component', written)?.type).toBe(found)
  })

  test('kinds do not mix', () => {
    expect(view.find('trait', 'webservice')).toBeUndefined()
    expect(view.find('trigger', 'hpa')).toBeUndefined()
    expect(view.names('sidecar')).toEqual([])
  })

  test('everything KubeVela and KEDA ship is simulated or known with a reason', () => {
    const table = (['component', 'trait', 'policy', 'workflow-step', 'trigger'] as const).map((kind) => {
      const found = view.names(kind).flatMap((name) => view.find(kind, name) ?? [])
      const known = found.filter((each) => each.simulation.level === 'known').map((each) => each.type)
      const simulated = found.filter((each) => each.simulation.level === 'simulated').map((each) => each.type)
      return `${kind}: ${simulated.join(' ')} | ${known.join(' ')}`
    })
    expect(table).toEqual([
      'component: object/ScaledJob task webservice worker | addon alibaba-* aws-* azure-* baidu-* cron-task daemon gcp-* helm helmchart k8s-objects kustomize raw ref-objects statefulset tencent-* ucloud-*',
      'trait: annotations command container-image cpuscaler env expose gateway hostalias hpa http-route https-route ingress ingress-1-20 init-container keda-auto-scaler labels lifecycle local/build local/develop local/env local/gate local/image local/process local/publish local/scale object/HTTPScaledObject object/HorizontalPodAutoscaler object/HorizontalPodAutoscaler-v1 object/ScaledObject pure-ingress resource scaler service-binding sidecar startup-probe storage tcp-route | affinity canary-traffic configmap container-ports cronhpa dapr-publish-injection dapr-publish-message-broker dapr-subscribe-injection dapr-subscription effective-hpa file-logs istio-gateway json-merge-patch json-patch k8s-update-strategy kruise-rollout nocalhost node-affinity podsecuritycontext prometheus-scrape pvc rollout securitycontext service-account stdout-logs topologyspreadconstraints volumes',
      'policy: apply-once garbage-collect override topology | debug env-binding health read-only replication resource-update shared-resource take-over',
      'workflow-step: apply-component deploy notification step-group suspend | addon-operation apply-app apply-application apply-application-in-parallel apply-deployment apply-object apply-remaining apply-terraform-config apply-terraform-provider build-push-image canary-deploy canary-rollout chat-gpt check-metrics clean-jobs collect-service-endpoints create-config delete-config depends-on-app deploy-cloud-resource deploy2env deploy2runtime export-data export-service export2config export2secret generate-jdbc-connection list-config print-message-in-status read-app read-config read-object request restart-workflow share-cloud-resource vela-cli webhook',
      'trigger: apache-kafka aws-sqs-queue azure-blob azure-queue azure-servicebus cpu cron external external-push graphite http kafka kubernetes-workload memory metrics-api mongodb mysql nats-jetstream postgresql prometheus rabbitmq redis redis-cluster redis-cluster-streams redis-sentinel redis-sentinel-streams redis-streams selenium-grid tcp | activemq arangodb artemis-queue aws-cloudwatch aws-dynamodb aws-dynamodb-streams aws-kinesis-stream azure-app-insights azure-data-explorer azure-eventhub azure-log-analytics azure-monitor azure-pipelines beanstalkd cassandra clickhouse couchdb datadog dynatrace elastic-forecast elasticsearch etcd external-mock forgejo-runner gcp-cloudtasks gcp-pubsub gcp-spanner gcp-stackdriver gcp-storage github-runner huawei-cloudeye ibmmq influxdb kubernetes-resource liiklus loki mssql new-relic nsq opensearch openstack-metric openstack-swift predictkube pulsar solace-direct-messaging solace-event-queue solarwinds solr splunk splunk-observability sumologic temporal',
    ])
  })
})
