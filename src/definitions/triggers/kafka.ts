import { defineTrigger } from '../define.ts'
import type { TriggerEntry } from '../definition.ts'
import { amount, type Complaint, notTogether } from './checks.ts'
import type { Given } from './given.ts'
import { authenticationOnly, choice, type MetadataKey, truth, wholeText, words } from './metadata-key.ts'

const shared: Readonly<Record<string, MetadataKey>> = {
  bootstrapServers: words({ required: true, places: 'ME', examples: ['kafka:9092', 'broker:9092'] }),
  consumerGroup: words({ required: true, places: 'ME' }),
  topic: words({ places: 'ME' }),
  partitionLimitation: words({ examples: ['1,2', '1-3'] }),
  lagThreshold: wholeText({ preset: '10' }),
  activationLagThreshold: wholeText({ preset: '0' }),
  offsetResetPolicy: choice(['latest', 'earliest'], { preset: 'latest' }),
  allowIdleConsumers: truth(),
  excludePersistentLag: truth(),
  scaleToZeroOnInvalidOffset: truth(),
  limitToPartitionsWithLag: truth(),
  ensureEvenDistributionOfPartitions: truth(),
  tls: choice(['enable', 'disable'], { places: 'MA', preset: 'disable' }),
  awsRegion: words(),
  ...authenticationOnly('ca', 'cert', 'key', 'keyPassword', 'username', 'password'),
}

/** Lag of a consumer group. Source: KEDA, kafka_scaler.go. */
const kafka = defineTrigger({
  kind: 'trigger',
  type: 'kafka',
  simulation: { level: 'simulated' },
  metadata: {
    ...shared,
    version: words({ examples: ['1.0.0', '2.5.0'] }),
    fullMetadata: truth('true'),
    unsafeSsl: truth(),
    sasl: choice(['none', 'plaintext', 'scram_sha256', 'scram_sha512', 'oauthbearer', 'gssapi'], { places: 'MA' }),
    saslTokenProvider: choice(['bearer', 'aws_msk_iam'], { places: 'MA' }),
    ...authenticationOnly('scopes', 'oauthTokenEndpointUri', 'oauthExtensions', 'keytab', 'realm', 'kerberosConfig'),
    ...authenticationOnly('kerberosServiceName', 'kerberosDisableFAST', 'awsRoleArn', 'awsAccessKeyID', 'awsSecretAccessKey'),
  },
  relate: (given) => [...checkPartitions(given), ...checkFullMetadata(given)],
  measure: measureLag,
})

/** The same with another client library. Source: KEDA, apache_kafka_scaler.go. */
const apacheKafka = defineTrigger({
  kind: 'trigger',
  type: 'apache-kafka',
  simulation: { level: 'simulated' },
  metadata: {
    ...shared,
    sasl: choice(['none', 'plaintext', 'scram_sha256', 'scram_sha512', 'gssapi', 'aws_msk_iam'], { places: 'MA', preset: 'none' }),
    ...authenticationOnly('awsRoleArn', 'awsAccessKeyID', 'awsSecretAccessKey', 'awsSessionToken'),
  },
  relate: checkPartitions,
  measure: measureLag,
})

export const kafkaTriggers: readonly TriggerEntry[] = [kafka, apacheKafka]

function measureLag(given: Given) {
  const topic = given.text('topic')
  const group = given.text('consumerGroup')
  const metric = topic !== undefined ? `kafka-${topic}` : given.has('topic') || group === undefined ? undefined : `kafka-${group}-topics`
  return {
    ...amount(given, 'lagThreshold'),
    activation: given.number('activationLagThreshold') ?? 0,
    from: { by: 'meter', push: false } as const,
    ...(metric === undefined ? {} : { metric }),
  }
}

function checkPartitions(given: Given): readonly Complaint[] {
  const limited = given.flag('limitToPartitionsWithLag')
  const even = given.flag('ensureEvenDistributionOfPartitions')
  const needsTopic = (key: string): Complaint => ({ code: 'MP2106', message: `"${key}" needs a "topic"`, at: key })
  return [
    ...(limited && given.flag('allowIdleConsumers') ? notTogether(given, 'limitToPartitionsWithLag', 'allowIdleConsumers') : []),
    ...(limited && even ? notTogether(given, 'limitToPartitionsWithLag', 'ensureEvenDistributionOfPartitions') : []),
    ...(limited && !given.has('topic') ? [needsTopic('limitToPartitionsWithLag')] : []),
    ...(even && !given.has('topic') ? [needsTopic('ensureEvenDistributionOfPartitions')] : []),
  ]
}

function checkFullMetadata(given: Given): readonly Complaint[] {
  if (given.flag('fullMetadata') || given.has('topic')) return []
  return [{ code: 'MP2106', message: '"fullMetadata" can be false only with a "topic"', at: 'fullMetadata' }]
}
