import { defineTrigger } from '../define.ts'
import type { TriggerEntry } from '../definition.ts'
import { amount, type Complaint, needsOneOf, notTogether } from './checks.ts'
import type { Given } from './given.ts'
import { choice, truth, wholeText, words } from './metadata-key.ts'

const simulated = { level: 'simulated' } as const
const meter = { by: 'meter', push: false } as const

/** Messages of a storage queue. Source: KEDA, azure_queue_scaler.go. */
const queue = defineTrigger({
  kind: 'trigger',
  type: 'azure-queue',
  simulation: simulated,
  metadata: {
    queueName: words({ required: true }),
    queueLength: wholeText({ preset: '5' }),
    activationQueueLength: wholeText({ preset: '0' }),
    queueLengthStrategy: choice(['all', 'visibleonly'], { preset: 'all' }),
    connection: words({ places: 'AME' }),
    accountName: words(),
    endpointSuffix: words(),
    cloud: words(),
  },
  relate: (given) => needsOneOf(given, ['connection'], ['accountName']),
  measure: (given) => ({
    ...amount(given, 'queueLength'),
    activation: given.number('activationQueueLength') ?? 0,
    from: meter,
    metric: `azure-queue-${given.text('queueName') ?? ''}`,
  }),
})

/** Blobs of a container. Source: KEDA, azure_blob_scaler.go. */
const blob = defineTrigger({
  kind: 'trigger',
  type: 'azure-blob',
  simulation: simulated,
  metadata: {
    blobContainerName: words({ required: true }),
    blobCount: wholeText({ preset: '5' }),
    activationBlobCount: wholeText({ preset: '0' }),
    blobDelimiter: words({ preset: '/' }),
    blobPrefix: words(),
    recursive: truth(),
    globPattern: words(),
    connection: words({ places: 'AEM' }),
    accountName: words(),
    endpointSuffix: words(),
    cloud: words(),
  },
  relate: (given) => needsOneOf(given, ['connection'], ['accountName']),
  measure: (given) => ({
    ...amount(given, 'blobCount'),
    activation: given.number('activationBlobCount') ?? 0,
    from: meter,
    metric: `azure-blob-${given.text('blobContainerName') ?? ''}`,
  }),
})

/** Active messages of a queue or subscription. Source: KEDA, azure_servicebus_scaler.go. */
const serviceBus = defineTrigger({
  kind: 'trigger',
  type: 'azure-servicebus',
  simulation: simulated,
  metadata: {
    queueName: words(),
    topicName: words(),
    subscriptionName: words(),
    messageCount: wholeText({ preset: '5' }),
    activationMessageCount: wholeText({ preset: '0' }),
    namespace: words(),
    connection: words({ places: 'AE' }),
    useRegex: truth(),
    operation: choice(['sum', 'max', 'avg'], { preset: 'sum' }),
    endpointSuffix: words(),
    cloud: words(),
  },
  relate: (given) => [
    ...notTogether(given, 'topicName', 'queueName'),
    ...notTogether(given, 'subscriptionName', 'queueName'),
    ...needsOneOf(given, ['queueName'], ['topicName', 'subscriptionName']),
    ...needsOneOf(given, ['connection'], ['namespace']),
  ],
  measure: (given) => ({
    ...amount(given, 'messageCount'),
    activation: given.number('activationMessageCount') ?? 0,
    from: meter,
    metric: `azure-servicebus-${busName(given)}`,
  }),
})

function busName(given: Given): string {
  const queueName = given.text('queueName')
  if (given.flag('useRegex')) return queueName === undefined ? 'subscription-regex' : 'queue-regex'
  return queueName ?? given.text('topicName') ?? ''
}

/** Events of a hub that no checkpoint covers. Source: KEDA, azure_eventhub_scaler.go. There is no reader: the value is set by hand. */
const eventHub = defineTrigger({
  kind: 'trigger',
  type: 'azure-eventhub',
  simulation: { level: 'known', why: 'event hubs are not read' },
  metadata: {
    unprocessedEventThreshold: wholeText({ preset: '64' }),
    activationUnprocessedEventThreshold: wholeText({ preset: '0' }),
    stalePartitionInfoThreshold: wholeText({ preset: '10000' }),
    consumerGroup: words({ preset: '$Default' }),
    checkpointStrategy: words({ examples: ['blobMetadata', 'goSdk'] }),
    blobContainer: words(),
    connection: words({ places: 'AE' }),
    storageConnection: words({ places: 'AE' }),
    storageAccountName: words(),
    eventHubNamespace: words({ places: 'ME' }),
    eventHubName: words({ places: 'ME' }),
    endpointSuffix: words(),
    storageEndpointSuffix: words(),
    cloud: words(),
  },
  relate: (given): readonly Complaint[] => needsOneOf(given, ['connection'], ['eventHubNamespace', 'eventHubName']),
  measure: (given) => ({
    ...amount(given, 'unprocessedEventThreshold'),
    activation: given.number('activationUnprocessedEventThreshold') ?? 0,
    from: { by: 'hand' },
    metric: `azure-eventhub-${given.text('consumerGroup') ?? ''}`,
  }),
})

export const azureTriggers: readonly TriggerEntry[] = [queue, blob, serviceBus, eventHub]
