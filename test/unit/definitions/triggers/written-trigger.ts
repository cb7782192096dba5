import { builtinDefinitions } from '../../../../src/definitions/builtin.ts'
import { lowerTrigger, type TriggerContext, type WrittenTrigger } from '../../../../src/definitions/triggers/lower-trigger.ts'
import type { Outcome } from '../../../../src/kernel/outcome.ts'
import type { ScaleTrigger } from '../../../../src/model/scale-policy.ts'

const view = builtinDefinitions()

/** Metadata of each type with no more than it needs. */
export const NEEDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  http: {},
  tcp: {},
  cpu: { value: '50' },
  memory: { value: '50' },
  cron: { start: '0 8 * * *', end: '0 18 * * mon-fri', timezone: 'Europe/Berlin', desiredReplicas: '4' },
  redis: { address: 'redis:6379', listName: 'jobs' },
  'redis-cluster': { addresses: 'a:1,b:2', listName: 'jobs' },
  'redis-sentinel': { hosts: 'a,b', ports: '1,2', listName: 'jobs' },
  'redis-streams': { host: 'redis', port: '6379', stream: 'orders' },
  'redis-cluster-streams': { address: 'redis:6379', stream: 'orders', consumerGroup: 'g', pendingEntriesCount: '7' },
  'redis-sentinel-streams': { address: 'redis:6379', stream: 'orders', consumerGroup: 'g', lagCount: '9' },
  rabbitmq: { host: 'amqp://rabbit:5672', queueName: 'orders/new' },
  kafka: { bootstrapServers: 'kafka:9092', consumerGroup: 'g', topic: 'shop.orders' },
  'apache-kafka': { bootstrapServers: 'kafka:9092', consumerGroup: 'g' },
  postgresql: { query: 'SELECT 1', targetQueryValue: '1.5', connectionFromEnv: 'PG' },
  mysql: { query: 'SELECT 1', queryValue: '4', host: 'db', port: '3306', username: 'u', passwordFromEnv: 'PW', dbName: 'shop' },
  mongodb: { dbName: 'shop', collection: 'jobs', query: '{}', queryValue: '4', connectionStringFromEnv: 'MONGO' },
  'nats-jetstream': { natsServerMonitoringEndpoint: 'nats:8222', account: '$G', stream: 'orders', consumer: 'worker' },
  prometheus: { serverAddress: 'http://prometheus:9090', query: 'up', threshold: '0.5' },
  'metrics-api': { url: 'http://web/metrics', valueLocation: 'a.b', targetValue: '8' },
  graphite: { serverAddress: 'http://graphite', query: 'a', queryTime: '-10min' },
  external: { scalerAddress: 'scaler:9090', anything: 'goes' },
  'external-push': { scalerAddress: 'scaler:9090' },
  'azure-queue': { queueName: 'jobs', connectionFromEnv: 'STORAGE' },
  'azure-blob': { blobContainerName: 'in', connectionFromEnv: 'STORAGE' },
  'azure-servicebus': { topicName: 't', subscriptionName: 's', connectionFromEnv: 'BUS' },
  'azure-eventhub': { connectionFromEnv: 'HUB', consumerGroup: 'g' },
  'aws-sqs-queue': { queueURL: 'http://sqs:4566/0/jobs', awsRegion: 'eu-west-1' },
  'selenium-grid': { url: 'http://grid:4444/graphql', browserName: 'chrome', platformName: 'linux' },
  'github-runner': { owner: 'shop', runnerScope: 'org' },
  'kubernetes-workload': { podSelector: 'app=web,tier in (a, b)', value: '0.5' },
}

/** A trigger as a scaler of the component `web` in the namespace `default` would hold it. */
export function lower(
  written: Partial<WrittenTrigger> & { readonly type: string },
  context: Partial<TriggerContext> = {},
): Outcome<ScaleTrigger> {
  const metadata = written.metadata ?? NEEDED[written.type] ?? {}
  const metricType = written.type === 'cpu' || written.type === 'memory' ? { metricType: 'Utilization' } : {}
  return lowerTrigger(
    { useCachedMetrics: false, ...metricType, ...written, metadata },
    {
      view,
      index: 0,
      origin: { file: 'app.yaml', doc: 1, path: ['spec', 'triggers', 0] },
      component: { name: 'web', namespace: 'default' },
      authentications: [],
      composed: false,
      oldMetricType: false,
      ...context,
    },
  )
}
