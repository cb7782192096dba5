import { type Admin, Kafka, type KafkaConfig, logLevel } from 'kafkajs'
import { type KafkaLagInput, kafkaLag } from '../../../src/scaling/readings/kafka-lag.ts'
import { NoValue, valueFrom, WrongSetting } from '../failure.ts'
import { connecting, type OpenReader, type ReaderContext } from '../reader.ts'
import type { Settings } from '../settings.ts'
import { tlsOf } from '../tls.ts'
import { kafkaSasl } from './kafka-sasl.ts'

/** The lag of a consumer group (kedacore/keda: pkg/scalers/kafka_scaler.go). */
export const openKafka: OpenReader = async (settings, context) => {
  const group = settings.demand('consumerGroup')
  const topic = settings.text('topic')
  const rules = rulesOf(settings)
  const admin = new Kafka(configOf(settings, context)).admin({ retry: { retries: 0 } })
  const close = (): void => void admin.disconnect().catch(() => {})
  await connecting(context.unwanted, () => admin.connect(), close)
  let previousOffsets: KafkaLagInput['previousOffsets']
  return {
    async read() {
      const partitions = await partitionsOf(admin, group, topic)
      const result = kafkaLag({ ...rules, partitions, ...(previousOffsets === undefined ? {} : { previousOffsets }) })
      previousOffsets = result.previousOffsets
      const value = valueFrom(result)
      return { value, activationValue: result.totalLagWithPersistent ?? value }
    },
    close,
  }
}

function rulesOf(settings: Settings): Omit<KafkaLagInput, 'partitions'> {
  const topic = settings.text('topic')
  const partitionLimitation = settings.text('partitionLimitation')
  return {
    ...(topic === undefined ? {} : { topic }),
    ...(partitionLimitation === undefined ? {} : { partitionLimitation }),
    lagThreshold: settings.number('lagThreshold', 10),
    activationLagThreshold: settings.number('activationLagThreshold', 0),
    offsetResetPolicy: settings.choice('offsetResetPolicy', ['latest', 'earliest'], 'latest'),
    allowIdleConsumers: settings.flag('allowIdleConsumers'),
    excludePersistentLag: settings.flag('excludePersistentLag'),
    scaleToZeroOnInvalidOffset: settings.flag('scaleToZeroOnInvalidOffset'),
    limitToPartitionsWithLag: settings.flag('limitToPartitionsWithLag'),
    ensureEvenDistributionOfPartitions: settings.flag('ensureEvenDistributionOfPartitions'),
  }
}

function configOf(settings: Settings, { limitMs }: ReaderContext): KafkaConfig {
  const brokers = settings.list('bootstrapServers')
  if (brokers.length === 0) throw new WrongSetting('bootstrapServers is missing')
  const tls = settings.choice('tls', ['enable', 'disable'], 'disable') === 'enable'
  const sasl = kafkaSasl(settings)
  return {
    clientId: 'keda',
    brokers: [...brokers],
    connectionTimeout: limitMs,
    requestTimeout: limitMs,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
    ...(tls ? { ssl: { ...tlsOf(settings) } } : {}),
    ...(sasl === undefined ? {} : { sasl }),
  }
}

/** Committed and latest offsets of the topic, or of all topics in which the group has committed something. */
async function partitionsOf(admin: Admin, groupId: string, topic: string | undefined): Promise<KafkaLagInput['partitions']> {
  // Asked for by name, a topic that is not there would be created. It is also what the client learns the brokers from.
  const topics = await admin.listTopics()
  if (topic !== undefined && !topics.includes(topic)) {
    throw new NoValue(`the brokers know no topic ${topic}`, 'Create it, or correct topic of the trigger.')
  }
  const committed = await admin.fetchOffsets({ groupId, ...(topic === undefined ? {} : { topics: [topic] }) })
  const perTopic = committed.map(async (of) => {
    const latest = new Map((await admin.fetchTopicOffsets(of.topic)).map(({ partition, high }) => [partition, Number(high)]))
    const offsets = new Map(of.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
    return [...latest].map(([partition, latestOffset]) => ({
      topic: of.topic,
      partition,
      latestOffset,
      committedOffset: offsets.get(partition) ?? -1,
    }))
  })
  return (await Promise.all(perTopic)).flat()
}
