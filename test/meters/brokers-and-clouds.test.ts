import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startServiceBus, startSqs } from '../kit/meters/cloud-queues.ts'
import { startKafkaBroker } from '../kit/meters/kafka-broker.ts'
import { MetersProcess } from '../kit/meters/meters-process.ts'
import { startMongoServer } from '../kit/meters/mongo-server.ts'

// Servers of these cannot be had here: each is a fake that speaks the protocol.
let meters: MetersProcess
beforeAll(() => {
  meters = new MetersProcess()
})
afterAll(async () => await meters?.[Symbol.asyncDispose]())

describe('kafka', () => {
  let kafka: Awaited<ReturnType<typeof startKafkaBroker>>
  const read = async (settings: Record<string, string>, type = 'kafka') =>
    await meters.readOne(
      meters.announce(type, { bootstrapServers: `127.0.0.1:${kafka.port}`, consumerGroup: 'mailers', ...settings }, `shop/${type}`),
    )
  beforeAll(async () => {
    kafka = await startKafkaBroker({
      orders: { latest: [100, 50, 7], committed: { mailers: [60, 50, -1] } },
      returns: { latest: [9], committed: { mailers: [4] } },
      unread: { latest: [8], committed: {} },
    })
  })
  afterAll(async () => await kafka?.[Symbol.asyncDispose]())

  test.each([
    // 40 + 0 + 1 for the partition of which nothing is committed; at most three replicas of ten.
    ['the lag, capped at a replica a partition', { topic: 'orders' }, { value: 30, activationValue: 41 }],
    ['the whole lag', { topic: 'orders', allowIdleConsumers: 'true' }, { value: 41, activationValue: 41 }],
    [
      'all of a partition of which nothing is committed',
      { topic: 'orders', offsetResetPolicy: 'earliest', allowIdleConsumers: 'true' },
      { value: 47, activationValue: 47 },
    ],
    ['only some partitions', { topic: 'orders', partitionLimitation: '1-2' }, { value: 1, activationValue: 1 }],
    ['at most the partitions with lag', { topic: 'orders', limitToPartitionsWithLag: 'true' }, { value: 20, activationValue: 41 }],
    ['all topics of the group', { allowIdleConsumers: 'true' }, { value: 46, activationValue: 46 }],
    ['a group that has committed nothing', { topic: 'unread' }, { value: 1, activationValue: 1 }],
  ])('counts %s', async (_name, settings: Record<string, string>, expected) => {
    expect(await read(settings)).toEqual(expected)
    expect(await read(settings, 'apache-kafka')).toEqual(expected)
  })

  test('leaves out the lag of a consumer that stands still', async () => {
    const settings = { topic: 'returns', excludePersistentLag: 'true' }
    const id = meters.announce('kafka', { bootstrapServers: `127.0.0.1:${kafka.port}`, consumerGroup: 'mailers', ...settings })
    expect(await meters.readOne(id)).toEqual({ value: 5, activationValue: 5 })
    expect(await meters.readOne(id)).toEqual({ value: 0, activationValue: 5 })
    kafka.topics['returns'] = { latest: [9], committed: { mailers: [6] } }
    expect(await meters.readOne(id)).toEqual({ value: 3, activationValue: 3 })
    kafka.topics['returns'] = { latest: [9], committed: { mailers: [4] } }
  })

  test('asks no broker for a topic that is not there', async () => {
    expect((await read({ topic: 'nothing' })).error).toMatch(/the brokers know no topic nothing\. Create it/)
    expect(kafka.asked).not.toContain('nothing')
  })

  test('says that nobody is there, and what is not supported', async () => {
    expect((await read({ bootstrapServers: '127.0.0.1:1', topic: 'orders' })).error).toMatch(/ECONNREFUSED.*Nothing listens there/)
    expect((await read({ sasl: 'gssapi' })).error).toMatch(/gssapi \(Kerberos\) is not read here/)
  })
})

describe('mongodb', () => {
  let mongo: Awaited<ReturnType<typeof startMongoServer>>
  const orders = [{ state: 'waiting' }, { state: 'waiting' }, { state: 'done' }]
  const read = async (settings: Record<string, string>) =>
    await meters.readOne(
      meters.announce('mongodb', { dbName: 'shop', collection: 'orders', query: '{"state":"waiting"}', ...settings }, 'shop/mongodb'),
    )
  beforeAll(async () => {
    mongo = await startMongoServer({ 'shop.orders': orders })
  })
  afterAll(async () => await mongo?.[Symbol.asyncDispose]())
  const connectionString = (): string => `mongodb://127.0.0.1:${mongo.port}/?directConnection=true`

  test.each([
    [{ query: '{"state":"waiting"}' }, 2],
    [{ query: '{"state":"lost"}' }, 0],
    [{ collection: 'others' }, 0],
  ])('counts the documents of %j', async (settings: Record<string, string>, value) => {
    expect(await read({ connectionString: connectionString(), ...settings })).toEqual({ value })
  })

  test('takes numbers and dates of extended JSON', async () => {
    await read({ connectionString: connectionString(), query: '{"at":{"$date":"2026-01-01T00:00:00Z"},"count":{"$numberInt":"3"}}' })
    const asked = mongo.commands.filter((command) => 'aggregate' in command).at(-1)
    expect(JSON.stringify(asked?.['pipeline'][0])).toBe('{"$match":{"at":"2026-01-01T00:00:00.000Z","count":3}}')
  })

  test.each([
    [{ query: '{}' }, /query is empty/],
    [{ query: 'state' }, /query is no JSON/],
    [{ connectionString: 'mongodb://me:word-of-mine@127.0.0.1:1/?directConnection=true' }, /ECONNREFUSED/],
    [{ connectionString: '' }, /host is missing/],
  ])('says what is wrong with %j', async (settings: Record<string, string>, expected) => {
    const { error } = await read({ connectionString: connectionString(), ...settings })
    expect(error).toMatch(expected)
    expect(error).not.toContain('word-of-mine')
  })
})

describe('aws-sqs-queue', () => {
  const queueURL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/mail'
  const queue = { ApproximateNumberOfMessages: 5, ApproximateNumberOfMessagesNotVisible: 3, ApproximateNumberOfMessagesDelayed: 2 }
  let sqs: Awaited<ReturnType<typeof startSqs>>
  const read = async (settings: Record<string, string>) => {
    const keys = {
      awsRegion: 'eu-central-1',
      awsAccessKeyID: 'KEY',
      awsSecretAccessKey: 'the-secret-key',
      awsEndpoint: `http://127.0.0.1:${sqs.port}`,
    }
    return await meters.readOne(meters.announce('aws-sqs-queue', { queueURL, ...keys, ...settings }, 'shop/sqs'))
  }
  beforeAll(async () => {
    sqs = await startSqs({ [queueURL]: queue })
  })
  afterAll(async () => await sqs?.[Symbol.asyncDispose]())

  test.each([
    [{}, 8],
    [{ scaleOnInFlight: 'false' }, 5],
    [{ scaleOnDelayed: 'true' }, 10],
  ])('counts with %j', async (settings: Record<string, string>, value) => {
    expect(await read(settings)).toEqual({ value })
    expect(sqs.heard.at(-1)?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=KEY\/\d{8}\/eu-central-1\/sqs\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=[\da-f]{64}$/,
    )
  })

  test.each([
    [{ queueURL: 'https://none' }, /QueueDoesNotExist The specified queue does not exist\. Create the queue/],
    [{ awsAccessKeyID: 'OTHER' }, /InvalidClientTokenId .*Correct the access key/],
    [{ awsSecretAccessKey: '' }, /awsAccessKeyID and awsSecretAccessKey are missing/],
  ])('says what is wrong with %j', async (settings: Record<string, string>, expected) => {
    expect((await read(settings)).error).toMatch(expected)
  })
})

describe('azure-servicebus', () => {
  let bus: Awaited<ReturnType<typeof startServiceBus>>
  const many = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`bulk-${at}`, 1]))
  const read = async (settings: Record<string, string>) => {
    const connection = `Endpoint=sb://127.0.0.1:${bus.port};SharedAccessKeyName=Manager;SharedAccessKey=the=key;UseDevelopmentEmulator=true;`
    return await meters.readOne(meters.announce('azure-servicebus', { connection, ...settings }, 'shop/bus'))
  }
  beforeAll(async () => {
    bus = await startServiceBus({ mail: 4, 'mail-urgent': 8, 'news/readers': 3, 'news/writers': 2, ...many })
  })
  afterAll(async () => await bus?.[Symbol.asyncDispose]())

  test.each([
    [{ queueName: 'mail' }, 4],
    [{ topicName: 'news', subscriptionName: 'readers' }, 3],
    [{ queueName: 'mail.*', useRegex: 'true' }, 12],
    [{ queueName: 'mail', useRegex: 'true' }, 4],
    [{ queueName: 'mail.*', useRegex: 'true', operation: 'max' }, 8],
    [{ queueName: 'mail.*', useRegex: 'true', operation: 'avg' }, 6],
    [{ queueName: 'bulk-.*', useRegex: 'true' }, 150],
    [{ topicName: 'news', subscriptionName: '.*ers', useRegex: 'true' }, 5],
    [{ queueName: 'none.*', useRegex: 'true' }, 0],
  ])('counts the active messages of %j', async (settings: Record<string, string>, value) => {
    expect(await read(settings)).toEqual({ value })
  })

  test.each([
    [{ queueName: 'nothing' }, /the namespace has no nothing\. Create it/],
    [{ queueName: 'mail', subscriptionName: 'readers' }, /queueName excludes/],
    [{ topicName: 'news' }, /neither queueName nor topicName with subscriptionName/],
    [{ queueName: 'mail', connection: 'Endpoint=sb://x;SharedAccessKeyName=a' }, /neither SharedAccessKeyName and SharedAccessKey nor/],
  ])('says what is wrong with %j', async (settings: Record<string, string>, expected) => {
    expect((await read(settings)).error).toMatch(expected)
  })

  test('says that a key is wrong', async () => {
    const connection = `Endpoint=sb://127.0.0.1:${bus.port};SharedAccessKeyName=Reader;SharedAccessKey=the-key-of-a-reader;UseDevelopmentEmulator=true`
    const { error } = await read({ queueName: 'mail', connection })
    expect(error).toMatch(/answered 401 claim is empty\. Correct the key of "connection"; it needs the right Manage/)
    expect(error).not.toContain('the-key-of-a-reader')
  })
})
