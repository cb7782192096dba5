import { describe, expect, test } from '@jest/globals'
import type { ScaleTrigger, TriggerAuthentication } from '../../../../src/model/scale-policy.ts'
import { lines } from '../component-source.ts'
import { lower } from './written-trigger.ts'

type Row = readonly [type: string, metadata: Readonly<Record<string, string>> | undefined, name: string, target: number, activation: number]

/** Names and defaults as KEDA's scalers have them. */
const ROWS: readonly Row[] = [
  ['cron', undefined, 's0-cron-Europe-Berlin-08xxx-018xxmon-fri', 1, 0],
  ['redis', undefined, 's0-redis-jobs', 5, 0],
  ['redis', { address: 'r:1', listName: 'a.b', listLength: '9', activationListLength: '3' }, 's0-redis-a-b', 9, 3],
  ['redis-cluster', undefined, 's0-redis-jobs', 5, 0],
  ['redis-streams', undefined, 's0-redis-streams-orders', 5, 0],
  ['redis-streams', { address: 'r:1', stream: 's', streamLength: '8', pendingEntriesCount: '3' }, 's0-redis-streams-s', 8, 0],
  ['redis-cluster-streams', undefined, 's0-redis-streams-orders', 7, 0],
  ['redis-sentinel-streams', undefined, 's0-redis-streams-orders', 9, 0],
  ['redis-streams', { address: 'r:1', stream: 's', consumerGroup: 'g', lagCount: '0' }, 's0-redis-streams-s', 5, 0],
  ['rabbitmq', undefined, 's0-rabbitmq-orders-2Fnew', 20, 0],
  ['rabbitmq', { host: 'amqp://r', queueName: 'a b', queueLength: '7' }, 's0-rabbitmq-a+b', 7, 0],
  ['rabbitmq', { host: 'http://r', queueName: 'a', mode: 'MessageRate', value: '2.5', activationValue: '1' }, 's0-rabbitmq-a', 2.5, 1],
  ['kafka', undefined, 's0-kafka-shop-orders', 10, 0],
  ['apache-kafka', undefined, 's0-kafka-g-topics', 10, 0],
  ['kafka', { bootstrapServers: 'k', consumerGroup: 'g', topicFromEnv: 'T' }, 's0-kafka', 10, 0],
  ['postgresql', undefined, 's0-postgresql', 1.5, 0],
  ['mysql', undefined, 's0-mysql-shop', 4, 0],
  ['mongodb', undefined, 's0-mongodb-jobs', 4, 0],
  ['nats-jetstream', undefined, 's0-nats-jetstream-orders', 10, 0],
  ['prometheus', undefined, 's0-prometheus', 0.5, 0],
  ['metrics-api', undefined, 's0-metric-api-a-b', 8, 0],
  ['graphite', undefined, 's0-graphite', 100, 0],
  ['external', undefined, 's0-external', 1, 0],
  ['azure-queue', undefined, 's0-azure-queue-jobs', 5, 0],
  ['azure-blob', undefined, 's0-azure-blob-in', 5, 0],
  ['azure-servicebus', undefined, 's0-azure-servicebus-t', 5, 0],
  ['azure-servicebus', { queueName: 'q.*', useRegex: 'true', namespace: 'n' }, 's0-azure-servicebus-queue-regex', 5, 0],
  ['azure-eventhub', undefined, 's0-azure-eventhub-g', 64, 0],
  ['aws-sqs-queue', undefined, 's0-aws-sqs-jobs', 5, 0],
  ['selenium-grid', undefined, 's0-selenium-grid-chrome-linux', 1, 0],
  ['github-runner', undefined, 's0-github-runner-shop', 1, 0],
  ['kubernetes-workload', undefined, 's0-workload-default', 0.5, 0],
  ['http', undefined, 's0-http-concurrency', 100, 0],
  ['http', { metric: 'requestRate', target: '50', activation: '2' }, 's0-http-requestRate', 50, 2],
  ['tcp', undefined, 's0-tcp-connections', 100, 0],
]

test.each(ROWS)('%s %j is %s with target %d, active above %d', (type, metadata, name, target, activation) => {
  const outcome = lower(metadata === undefined ? { type } : { type, metadata })
  expect(outcome.ok && [outcome.value.name, outcome.value.target, outcome.value.activation]).toEqual([name, target, activation])
})

test.each([
  ['cpu', 'Utilization', '60', 60],
  ['cpu', 'AverageValue', '250m', 250],
  ['cpu', 'AverageValue', '2', 2000],
  ['memory', 'Utilization', '80', 80],
  ['memory', 'AverageValue', '64Mi', 64 * 2 ** 20],
] as const)('%s as %s of %s is %d', (type, metricType, value, target) => {
  const outcome = lower({ type, metricType, metadata: { value } })
  expect(outcome.ok && [outcome.value.metricType, outcome.value.target, outcome.value.from]).toEqual([
    metricType,
    target,
    { by: 'engine', resource: type },
  ])
})

test('where values come from', () => {
  const from = (type: string, metadata?: Readonly<Record<string, string>>): ScaleTrigger['from'] | undefined => {
    const outcome = lower(metadata === undefined ? { type } : { type, metadata })
    return outcome.ok ? outcome.value.from : undefined
  }
  expect(from('cpu', { value: '50', containerName: 'web' })).toEqual({ by: 'engine', resource: 'cpu', container: 'web' })
  expect(from('cron')).toEqual({ by: 'clock' })
  expect(from('redis')).toEqual({ by: 'meter', push: false })
  expect(from('external-push')).toEqual({ by: 'meter', push: true })
  expect(from('kubernetes-workload')).toEqual({ by: 'environment' })
  expect(from('azure-eventhub')).toEqual({ by: 'hand' })
  expect(from('http')).toEqual({ by: 'edge', metric: 'concurrency', windowMs: 60_000, average: false })
  expect(from('http', { averaging: 'true', window: '15s' })).toEqual({ by: 'edge', metric: 'concurrency', windowMs: 15_000, average: true })
  expect(from('http', { metric: 'requestRate', window: '30000', granularity: '2s' })).toEqual({
    by: 'edge',
    metric: 'requestRate',
    windowMs: 30_000,
    average: false,
    granularityMs: 2000,
  })
  expect(from('tcp')).toEqual({ by: 'edge', metric: 'connections', windowMs: 60_000, average: false })
})

describe('the user’s name', () => {
  test('is kept', () => {
    expect(lower({ type: 'redis', name: 'jobs' }, { index: 4 })).toMatchObject({ ok: true, value: { name: 'jobs', named: true } })
    expect(lower({ type: 'redis' }, { index: 4 })).toMatchObject({ ok: true, value: { name: 's4-redis-jobs', named: false } })
  })
})

describe('places of a key', () => {
  const authentications: readonly TriggerAuthentication[] = [
    {
      kind: 'TriggerAuthentication',
      name: 'a',
      parameters: { host: { from: 'env', name: 'H' }, connection: { from: 'env', name: 'C' }, other: { from: 'env', name: 'O' } },
      notSimulated: [],
      origin: { file: 'app.yaml', doc: 2, path: [] },
    },
  ]
  const authenticationRef = { name: 'a', kind: 'TriggerAuthentication' } as const

  test('the first that has it wins, in KEDA’s order for that key', () => {
    const rabbit = lower({ type: 'rabbitmq', metadata: { queueName: 'q', host: 'amqp://here' }, authenticationRef }, { authentications })
    expect(rabbit.ok && [rabbit.value.metadata['host'], Object.keys(rabbit.value.auth)]).toEqual(['amqp://here', ['connection', 'other']])
    const metadata = { query: 'q', targetQueryValue: '1', connectionFromEnv: 'PG' }
    const postgres = lower({ type: 'postgresql', metadata, authenticationRef }, { authentications })
    expect(postgres.ok && [postgres.value.metadata['connectionFromEnv'], Object.keys(postgres.value.auth)]).toEqual([
      undefined,
      ['host', 'connection', 'other'],
    ])
  })

  test('an empty text is not given', () => {
    const outcome = lower({ type: 'kafka', metadata: { bootstrapServers: 'k', consumerGroup: 'g', topic: '', lagThreshold: '' } })
    expect(outcome).toMatchObject({ ok: true, value: { name: 's0-kafka-g-topics', target: 10 } })
  })
})

describe('what is refused', () => {
  const said = (...of: Parameters<typeof lower>): readonly string[] => lines(lower(...of).diagnostics)

  test('unknown types, with the nearest', () => {
    expect(said({ type: 'reddis' })).toEqual(['error MP2501 spec.triggers.0.type: unknown trigger type "reddis" [did you mean "redis"?]'])
  })

  test.each([
    [
      'redis',
      'Utilization',
      'error MP2503 spec.triggers.0.metricType: metricType of a trigger "redis" must be "AverageValue" or "Value", found "Utilization"',
    ],
    [
      'cpu',
      'Value',
      'error MP2503 spec.triggers.0.metricType: metricType of a trigger "cpu" must be "Utilization" or "AverageValue", found "Value"',
    ],
    [
      'redis',
      'averagevalue',
      'error MP2503 spec.triggers.0.metricType: metricType of a trigger "redis" must be "AverageValue" or "Value", found "averagevalue" [did you mean "AverageValue"?]',
    ],
    [
      'cpu',
      '',
      'error MP2503 spec.triggers.0.metricType: trigger "cpu" needs a metricType: "Utilization" or "AverageValue" [write metricType beside type]',
    ],
  ])('%s with metricType %j', (type, metricType, expected) => {
    expect(said({ type, metricType })).toEqual([expected])
  })

  test('the old place of the metric type, where it is too old', () => {
    const old = { type: 'cpu', metricType: '', metadata: { type: 'Utilization', value: '50' } }
    const { metricType: _, ...written } = old
    const outcome = lower({ ...written, metricType: undefined as never }, { oldMetricType: true })
    expect(outcome).toMatchObject({ ok: true, value: { metricType: 'Utilization', metadata: { value: '50' } } })
    const hint = '[write metricType: Utilization beside type]'
    const text = '"type" in the metadata was removed in KEDA 2.18'
    expect(lines(outcome.diagnostics)).toEqual([`warning MP2505 spec.triggers.0.metadata.type (key): ${text} ${hint}`])
    expect(said({ ...written, metricType: undefined as never })).toEqual([`error MP2503 spec.triggers.0.metadata.type: ${text} ${hint}`])
  })

  test('values that are no numbers, and numbers that are no text', () => {
    expect(said({ type: 'redis', metadata: { address: 'r:1', listName: 'a', listLength: 'five' } })).toEqual([
      'error MP2105 spec.triggers.0.metadata.listLength: trigger "redis": "listLength" must be a whole number, found "five"',
    ])
    expect(said({ type: 'redis', metadata: { address: 'r:1', listName: 'a', listLength: 5 } })).toEqual([
      'error MP2101 spec.triggers.0.metadata.listLength: trigger "redis": "listLength" must be text, found the number 5 [put it in quotes: "5"]',
    ])
    expect(said({ type: 'pulsar', metadata: { a: 5 } })).toEqual([
      'error MP2101 spec.triggers.0.metadata.a: trigger "pulsar": "a" must be text [put it in quotes: "5"]',
    ])
  })

  test.each([
    ['redis', { address: 'r:1', listName: 'a', listLength: '0' }, '"listLength" must be above 0, found 0'],
    ['postgresql', { query: 'q', connectionFromEnv: 'P' }, '"targetQueryValue" is missing in the metadata'],
    [
      'redis',
      { listName: 'a' },
      '"address", or "addresses", or "host" with "port", or "hosts" with "ports", or "host" with "ports", or "hosts" with "port" is missing in the metadata',
    ],
    ['redis', { listName: 'a', host: 'r' }, '"port" is missing in the metadata'],
    [
      'postgresql',
      { query: 'q', targetQueryValue: '1', host: 'h', port: '5432', userName: 'u', dbName: 'd' },
      '"sslmode" is missing in the metadata',
    ],
    [
      'mongodb',
      { dbName: 'd', collection: 'c', query: '{}', queryValue: '1', host: 'h', username: 'u', passwordFromEnv: 'P' },
      '"port" is missing in the metadata',
    ],
    ['rabbitmq', { queueName: 'q' }, '"host" is missing'],
    ['rabbitmq', { queueName: 'q', host: 'rabbit:5672' }, '"host" must begin with amqp://, amqps://, http:// or https://'],
    ['rabbitmq', { queueName: 'q', host: 'amqp://r', mode: 'MessageRate', value: '1' }, 'mode "MessageRate" needs the protocol http'],
    ['rabbitmq', { queueName: 'q', host: 'amqp://r', useRegex: 'true' }, '"useRegex" needs the protocol http'],
    ['rabbitmq', { queueName: 'q', host: 'amqp://r', excludeUnacknowledged: 'true' }, '"excludeUnacknowledged" needs the protocol http'],
    ['rabbitmq', { queueName: 'q', host: 'amqp://r', timeout: '3s' }, '"timeout" needs the protocol http'],
    ['rabbitmq', { queueName: 'q', host: 'http://r', mode: 'QueueLength' }, '"value" is missing in the metadata'],
    ['rabbitmq', { queueName: 'q', host: 'http://r', value: '3' }, '"mode" is missing in the metadata'],
    ['rabbitmq', { queueName: 'q', host: 'http://r', usernameFromEnv: 'U' }, '"password" is missing in the metadata'],
    [
      'kafka',
      { bootstrapServers: 'k', consumerGroup: 'g', limitToPartitionsWithLag: 'true' },
      '"limitToPartitionsWithLag" needs a "topic"',
    ],
    [
      'kafka',
      { bootstrapServers: 'k', consumerGroup: 'g', topic: 't', limitToPartitionsWithLag: 'true', allowIdleConsumers: 'true' },
      '"limitToPartitionsWithLag" cannot be given together with "allowIdleConsumers"',
    ],
    ['kafka', { bootstrapServers: 'k', consumerGroup: 'g', fullMetadata: 'false' }, '"fullMetadata" can be false only with a "topic"'],
    [
      'cron',
      { start: '0 8 * *', end: '0 18 * * *', timezone: 'UTC', desiredReplicas: '1' },
      '"start" is no cron schedule: it has 4 fields, five are needed',
    ],
    [
      'cron',
      { start: '0 25 * * *', end: '0 18 * * *', timezone: 'UTC', desiredReplicas: '1' },
      '"start" is no cron schedule: hour "25": values are 0 to 23',
    ],
    [
      'cron',
      { start: '@daily', end: '0 18 * * *', timezone: 'UTC', desiredReplicas: '1' },
      '"start" is no cron schedule: it has 1 fields, five are needed',
    ],
    ['cron', { start: '0 8 * * *', end: '0 8 * * *', timezone: 'UTC', desiredReplicas: '1' }, '"start" and "end" must differ'],
    ['cron', { start: '0 8 * * *', end: '0 9 * * *', timezone: 'Berlin', desiredReplicas: '1' }, '"Berlin" is no time zone'],
    [
      'cron',
      { start: '0 8 * * *', end: '0 9 * * *', timezone: 'UTC', desiredReplicas: '0' },
      '"desiredReplicas" must be at least 1, found 0',
    ],
    [
      'azure-servicebus',
      { queueName: 'q', topicName: 't', connectionFromEnv: 'C' },
      '"topicName" cannot be given together with "queueName"',
    ],
    ['azure-servicebus', { topicName: 't', connectionFromEnv: 'C' }, '"subscriptionName" is missing in the metadata'],
    ['kubernetes-workload', { podSelector: 'app=(', value: '1' }, '"podSelector" is no label selector: "app=("'],
    ['http', { metric: 'requestRate', window: '1s', granularity: '2s' }, '"granularity" must be longer than 0 and no longer than "window"'],
    ['http', { metric: 'connections' }, '"metric" must be one of "concurrency" or "requestRate", found "connections"'],
    ['cpu', { value: 'half' }, '"value" must be a whole percentage such as "50" for Utilization, found "half"'],
    ['cpu', { value: '500m' }, '"value" must be a whole percentage such as "50" for Utilization, found "500m"'],
  ])('%s %j', (type, metadata, expected) => {
    const found = said({ type, metadata })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^error MP210\d spec\.triggers\.0\.metadata/)
    expect(found[0]).toContain(expected)
  })

  test('a target is not needed where a formula uses the value', () => {
    const metadata = { query: 'q', connectionFromEnv: 'P' }
    expect(lower({ type: 'postgresql', metadata }, { composed: true })).toMatchObject({ ok: true, value: { target: 1 } })
  })

  test.each(['cpu', 'memory', 'cron'])('cached metrics of %s', (type) => {
    expect(said({ type, useCachedMetrics: true })).toEqual([
      `error MP2504 spec.triggers.0.useCachedMetrics: property "useCachedMetrics" is not supported for "${type}" scaler`,
    ])
  })
})

test('an input without a value yet does not make metadata wrong', () => {
  const metadata = { address: 'r:1', listName: '‹input queue›', listLength: '‹input length›' }
  expect(lower({ type: 'redis', metadata })).toMatchObject({ ok: true, value: { target: 3, metadata: { listName: '‹input queue›' } } })
})
