import { describe, expect, test } from '@jest/globals'
import { azureQueueLength } from '../../../../src/scaling/readings/azure-queue.ts'
import { type EventHubPartition, eventHubPartitionUnprocessed, eventHubUnprocessed } from '../../../../src/scaling/readings/event-hub.ts'
import { jetstreamLag } from '../../../../src/scaling/readings/jetstream.ts'
import { type RabbitmqInput, type RabbitmqQueue, rabbitmqReading } from '../../../../src/scaling/readings/rabbitmq.ts'
import { type RedisStreamInput, redisStreamMode, redisStreamReading } from '../../../../src/scaling/readings/redis-stream.ts'
import { sqsAttributes, sqsLength } from '../../../../src/scaling/readings/sqs.ts'

describe('rabbitmq', () => {
  const busy: RabbitmqQueue = { messages: 30, messagesReady: 20, publishRate: 12, deliverGetRate: 8 }
  const stalled: RabbitmqQueue = { messages: 30, publishRate: 12, deliverGetRate: 0 }
  const quiet: RabbitmqQueue = { messages: 0, publishRate: 0, deliverGetRate: 0 }

  test.each<[string, RabbitmqQueue, Partial<RabbitmqInput>, number, boolean]>([
    ['messages', busy, {}, 30, true],
    ['ready messages', busy, { excludeUnacknowledged: true }, 20, true],
    ['not above the activation', busy, { activationValue: 30 }, 30, false],
    ['published', busy, { mode: 'MessageRate' }, 12, true],
    ['published slowly, but messages wait', busy, { mode: 'MessageRate', activationValue: 25 }, 12, true],
    ['neither', busy, { mode: 'MessageRate', activationValue: 30 }, 12, false],
    ['delivered', busy, { mode: 'DeliverGetRate' }, 8, true],
    ['delivered, whatever waits', busy, { mode: 'DeliverGetRate', activationValue: 8 }, 8, false],
    ['published over delivered', busy, { mode: 'PublishedToDeliveredRatio' }, 1.5, true],
    ['below the activation', busy, { mode: 'PublishedToDeliveredRatio', activationValue: 1.5 }, 1.5, false],
    ['nothing delivered', stalled, { mode: 'PublishedToDeliveredRatio', activationValue: 4 }, 4, true],
    ['nothing published', quiet, { mode: 'PublishedToDeliveredRatio' }, 0, false],
    // (12 − 8) / 8 + 30 / 8
    ['time to the end', busy, { mode: 'ExpectedQueueConsumptionTime' }, 4.25, true],
    ['time to the end of ready ones', busy, { mode: 'ExpectedQueueConsumptionTime', excludeUnacknowledged: true }, 3, true],
    ['no end', stalled, { mode: 'ExpectedQueueConsumptionTime', activationValue: 4 }, 4, true],
    ['nothing to do', quiet, { mode: 'ExpectedQueueConsumptionTime' }, 0, false],
    ['nothing to do, delivered once', { ...quiet, deliverGetRate: 3 }, { mode: 'ExpectedQueueConsumptionTime' }, 0, false],
  ])('%s', (_, queue, options, value, active) => {
    expect(rabbitmqReading({ queues: [queue], ...options })).toEqual({ value, active })
  })

  test.each<['sum' | 'avg' | 'max' | undefined, number, number]>([
    [undefined, 37, 15],
    ['sum', 37, 15],
    // 37 / 3 = 12.33, cut to a whole message; rates keep their fractions
    ['avg', 12, 5],
    ['max', 30, 12],
  ])('several queues with %s', (operation, messages, rate) => {
    const queues = [busy, { messages: 5, publishRate: 2, deliverGetRate: 1 }, { messages: 2, publishRate: 1, deliverGetRate: 0 }]
    const options = operation === undefined ? {} : { operation }
    expect(rabbitmqReading({ queues, ...options }).value).toBe(messages)
    expect(rabbitmqReading({ queues, mode: 'MessageRate', ...options }).value).toBe(rate)
  })

  test('no queue of that name pattern is an empty queue', () => {
    expect(rabbitmqReading({ queues: [], operation: 'avg' })).toEqual({ value: 0, active: false })
  })

  test('unknown words', () => {
    expect(rabbitmqReading({ queues: [], operation: 'median' as 'sum' }).error).toContain('sum, avg, max')
    expect(rabbitmqReading({ queues: [], mode: 'Unknown' as 'QueueLength' }).error).toContain('QueueLength')
  })
})

test('jetstream counts what is pending and what is not acknowledged', () => {
  const consumers = [
    { name: 'other', numPending: 99, numAckPending: 0 },
    { name: 'mine', numPending: 7, numAckPending: 5 },
  ]
  expect(jetstreamLag({ stream: 's', consumer: 'mine', consumers })).toEqual({ value: 12, active: true })
  expect(jetstreamLag({ stream: 's', consumer: 'mine', consumers, activationLagThreshold: 12 }).active).toBe(false)
  expect(jetstreamLag({ stream: 's', consumer: 'gone', consumers }).error).toBe('the consumer gone was not found in the stream s')
  expect(jetstreamLag({ stream: 's', consumer: 'mine' }).error).toBe('the stream s was not found')
})

describe('event hub', () => {
  const highest = 2n ** 63n - 1n

  test.each<[string, EventHubPartition, bigint]>([
    ['behind the checkpoint', { lastEnqueuedSequenceNumber: 120, beginningSequenceNumber: 0, checkpointSequenceNumber: 100 }, 20n],
    ['at the checkpoint', { lastEnqueuedSequenceNumber: 100, beginningSequenceNumber: 0, checkpointSequenceNumber: 100 }, 0n],
    ['empty', { lastEnqueuedSequenceNumber: -1, beginningSequenceNumber: -1, checkpointSequenceNumber: 7 }, 0n],
    ['no checkpoint', { lastEnqueuedSequenceNumber: 120, beginningSequenceNumber: 20 }, 101n],
    ['no checkpoint, one event ever', { lastEnqueuedSequenceNumber: 0, beginningSequenceNumber: 0 }, 1n],
    ['no checkpoint, all expired', { lastEnqueuedSequenceNumber: 50, beginningSequenceNumber: 50 }, 0n],
    [
      'the numbers began anew',
      { lastEnqueuedSequenceNumber: 10, beginningSequenceNumber: 0, checkpointSequenceNumber: highest - 15n },
      25n,
    ],
    [
      'digits as text',
      { lastEnqueuedSequenceNumber: '4000000000000000000', beginningSequenceNumber: '0', checkpointSequenceNumber: '4000000000000200000' },
      highest - 200_000n,
    ],
    // highest − 100 + 50 is within 10000 of the whole range
    ['a stale description', { lastEnqueuedSequenceNumber: 50, beginningSequenceNumber: 0, checkpointSequenceNumber: 100 }, 0n],
  ])('%s', (_, partition, expected) => {
    expect(eventHubPartitionUnprocessed({ partition })).toEqual({ unprocessed: expected })
  })

  test('stale begins just beyond the threshold', () => {
    const partition = { lastEnqueuedSequenceNumber: 0, beginningSequenceNumber: 0, checkpointSequenceNumber: 10 }
    expect(eventHubPartitionUnprocessed({ partition, stalePartitionInfoThreshold: 10 })).toEqual({ unprocessed: highest - 10n })
    expect(eventHubPartitionUnprocessed({ partition, stalePartitionInfoThreshold: 11 })).toEqual({ unprocessed: 0n })
  })

  const behind = (events: number | bigint): EventHubPartition => ({
    lastEnqueuedSequenceNumber: events,
    beginningSequenceNumber: 0,
    checkpointSequenceNumber: 0,
  })

  test.each<[string, EventHubPartition[], number, boolean]>([
    ['the sum', [behind(10), behind(20)], 30, true],
    // 191 / 64 is 2 when cut
    ['not capped up to the next threshold', [behind(191), behind(0)], 191, true],
    ['capped at a threshold for each partition', [behind(192), behind(0)], 128, true],
    ['nothing', [behind(0)], 0, false],
    ['a sum beyond all numbers', [behind(highest - 20_000n), behind(highest - 20_000n)], 128, true],
  ])('%s', (_, partitions, value, active) => {
    expect(eventHubUnprocessed({ partitions })).toEqual({ value, active })
  })

  test('the activity looks at the sum before the cap', () => {
    const partitions = [behind(500)]
    expect(eventHubUnprocessed({ partitions, activationUnprocessedEventThreshold: 499 })).toEqual({ value: 64, active: true })
    expect(eventHubUnprocessed({ partitions, activationUnprocessedEventThreshold: 500 }).active).toBe(false)
    expect(eventHubUnprocessed({ partitions, unprocessedEventThreshold: 0 }).error).toContain('must be above 0')
  })
})

describe('sqs', () => {
  const attributes = {
    ApproximateNumberOfMessages: '5',
    ApproximateNumberOfMessagesNotVisible: '3',
    ApproximateNumberOfMessagesDelayed: '2',
  }

  test.each([
    [{}, 8],
    [{ scaleOnInFlight: false }, 5],
    [{ scaleOnDelayed: true }, 10],
    [{ scaleOnInFlight: false, scaleOnDelayed: true }, 7],
  ])('with %j', (options, value) => {
    expect(sqsLength({ attributes, ...options })).toEqual({ value, active: true })
  })

  test('asks only for what it counts', () => {
    expect(sqsAttributes({}).attributeNames).toEqual(['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'])
    const { ApproximateNumberOfMessagesDelayed: _, ...withoutDelayed } = attributes
    expect(sqsLength({ attributes: withoutDelayed }).value).toBe(8)
    expect(sqsLength({ attributes: withoutDelayed, scaleOnDelayed: true }).error).toContain('no ApproximateNumberOfMessagesDelayed')
  })

  test('strict activation and broken numbers', () => {
    expect(sqsLength({ attributes, activationQueueLength: 8 }).active).toBe(false)
    expect(sqsLength({ attributes: { ...attributes, ApproximateNumberOfMessages: '5.5' } }).error).toContain('no whole number')
  })
})

test.each<[string, Parameters<typeof azureQueueLength>[0], number]>([
  ['all', { approximateMessagesCount: 50, peekedMessages: 3 }, 50],
  ['visible ones', { approximateMessagesCount: 50, peekedMessages: 3, queueLengthStrategy: 'visibleonly' }, 3],
  ['in any case', { approximateMessagesCount: 50, peekedMessages: 31, queueLengthStrategy: 'VisibleOnly' }, 31],
  ['a full peek', { approximateMessagesCount: 50, peekedMessages: 32, queueLengthStrategy: 'visibleonly' }, 50],
])('azure queue: %s', (_, input, value) => {
  expect(azureQueueLength(input)).toEqual({ value, active: true })
  expect(azureQueueLength({ ...input, activationQueueLength: value }).active).toBe(false)
})

describe('redis streams', () => {
  test.each([
    [{}, 'length', 5],
    [{ streamLength: 7, pendingEntriesCount: 9 }, 'length', 7],
    [{ lagCount: 3 }, 'length', 5],
    [{ consumerGroup: 'g' }, 'pending', 5],
    [{ consumerGroup: 'g', pendingEntriesCount: 9, streamLength: 7 }, 'pending', 9],
    [{ consumerGroup: 'g', lagCount: 3, pendingEntriesCount: 9 }, 'lag', 3],
    [{ consumerGroup: 'g', lagCount: 0 }, 'pending', 5],
  ])('%j counts %s at %d', (input, mode, target) => {
    expect(redisStreamMode(input)).toEqual({ mode, target })
  })

  const lag = { mode: 'lag' as const, consumerGroup: 'g', redisVersion: '7.2.4', streamLength: 40 }

  test.each<[string, RedisStreamInput, number]>([
    ['pending entries', { mode: 'pending', pendingEntries: 4 }, 4],
    ['length', { mode: 'length', streamLength: 9 }, 9],
    [
      'lag of the group',
      {
        ...lag,
        groups: [
          { name: 'other', lag: 9 },
          { name: 'g', lag: 6 },
        ],
      },
      6,
    ],
    ['the group does not exist yet', { ...lag, groups: [{ name: 'other', lag: 9 }] }, 40],
    ['the stream does not exist yet', lag, 0],
    ['Redis cannot tell the lag', { ...lag, groups: [{ name: 'g' }] }, 0],
  ])('%s', (_, input, value) => {
    expect(redisStreamReading(input)).toEqual({ value, active: value > 0 })
    expect(redisStreamReading({ ...input, activationLagCount: value }).active).toBe(false)
  })

  test('errors', () => {
    expect(redisStreamReading({ ...lag, redisVersion: '6.2.1' }).error).toBe('lagCount needs Redis 7, but this is 6.2.1')
    expect(redisStreamReading({ mode: 'lag', consumerGroup: 'g' }).error).toContain('unknown')
    expect(redisStreamReading({ mode: 'pending' }).error).toContain('XPENDING')
    expect(redisStreamReading({ mode: 'length' }).error).toContain('XLEN')
  })
})
