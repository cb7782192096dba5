import { describe, expect, test } from '@jest/globals'
import { type KafkaLagInput, type KafkaPartition, kafkaLag } from '../../../../src/scaling/readings/kafka-lag.ts'
import { type KafkaPartitionLagInput, kafkaPartitionLag } from '../../../../src/scaling/readings/kafka-partition-lag.ts'
import { partitionLimitation } from '../../../../src/scaling/readings/partition-limitation.ts'

test.each<[string, KafkaPartitionLagInput, number, number, number | undefined]>([
  ['behind by the difference', { committedOffset: 10, latestOffset: 25 }, 15, 15, undefined],
  ['nothing committed, latest', { committedOffset: -1, latestOffset: 25 }, 1, 1, undefined],
  ['nothing committed, latest, to zero', { committedOffset: -1, latestOffset: 25, scaleToZeroOnInvalidOffset: true }, 0, 0, undefined],
  ['nothing committed, earliest', { committedOffset: -1, latestOffset: 25, offsetResetPolicy: 'earliest' }, 25, 25, undefined],
  [
    'nothing committed, earliest, to zero',
    { committedOffset: -1, latestOffset: 25, offsetResetPolicy: 'earliest', scaleToZeroOnInvalidOffset: true },
    0,
    0,
    undefined,
  ],
  ['nothing committed, end unknown, latest', { committedOffset: -1 }, 1, 1, undefined],
  ['nothing committed, end unknown, earliest', { committedOffset: -1, offsetResetPolicy: 'earliest' }, 0, 0, undefined],
  ['the end is unknown', { committedOffset: 10 }, 0, 0, undefined],
  ['read for the first time', { committedOffset: 10, latestOffset: 25, excludePersistentLag: true }, 15, 15, 10],
  ['has moved', { committedOffset: 10, latestOffset: 25, excludePersistentLag: true, previousOffset: 8 }, 15, 15, 10],
  ['is stuck', { committedOffset: 10, latestOffset: 25, excludePersistentLag: true, previousOffset: 10 }, 0, 15, undefined],
  ['is stuck, which nobody asked about', { committedOffset: 10, latestOffset: 25, previousOffset: 10 }, 15, 15, undefined],
])('one partition: %s', (_, input, lag, lagWithPersistent, rememberedOffset) => {
  expect(kafkaPartitionLag(input)).toEqual({ lag, lagWithPersistent, ...(rememberedOffset === undefined ? {} : { rememberedOffset }) })
})

function topic(...lags: readonly number[]): KafkaPartition[] {
  return lags.map((lag, partition) => ({ topic: 'orders', partition, committedOffset: 100, latestOffset: 100 + lag }))
}

function read(partitions: readonly KafkaPartition[], options: Partial<KafkaLagInput> = {}) {
  return kafkaLag({ partitions, topic: 'orders', lagThreshold: 10, ...options })
}

describe('a group', () => {
  test.each<[string, KafkaPartition[], Partial<KafkaLagInput>, number]>([
    ['the sum of its partitions', topic(3, 4, 5), {}, 12],
    ['at most the threshold for each partition', topic(100, 0, 0), {}, 30],
    // 39 / 10 is 3 when cut, which is not more than 3 partitions
    ['a broken part of the threshold is not cut', topic(39, 0, 0), {}, 39],
    ['one more is', topic(40, 0, 0), {}, 30],
    ['idle consumers allowed: no cap', topic(100, 0, 0), { allowIdleConsumers: true }, 100],
    ['at most the partitions with lag', topic(100, 5, 0), { limitToPartitionsWithLag: true }, 20],
    // four partitions divide by 1, 2, 4: 25 needs 3 → 4
    ['evenly distributed', topic(25, 0, 0, 0), { ensureEvenDistributionOfPartitions: true }, 40],
    ['evenly, exactly enough', topic(20, 0, 0, 0), { ensureEvenDistributionOfPartitions: true }, 20],
    ['evenly, without lag still one', topic(0, 0, 0, 0), { ensureEvenDistributionOfPartitions: true }, 10],
    ['evenly, at most all', topic(900, 0, 0, 0, 0, 0), { ensureEvenDistributionOfPartitions: true }, 60],
    [
      'evenly, though idle ones are allowed',
      topic(25, 0, 0, 0),
      { ensureEvenDistributionOfPartitions: true, allowIdleConsumers: true },
      40,
    ],
    ['some partitions only', topic(3, 4, 5, 6), { partitionLimitation: '1,3' }, 10],
    // the cap follows: 2 partitions
    ['which lowers the cap', topic(100, 100, 5, 6), { partitionLimitation: '0-1' }, 20],
    ['other topics do not count', [...topic(3), { topic: 'mail', partition: 0, committedOffset: 0, latestOffset: 50 }], {}, 3],
    [
      'all topics of the group without one',
      [...topic(3), { topic: 'mail', partition: 0, committedOffset: 0, latestOffset: 5 }],
      { topic: '' },
      8,
    ],
    ['without a topic there is no limitation', topic(3, 4), { topic: '', partitionLimitation: '1' }, 7],
    ['ten for each partition by default', topic(100, 0), { lagThreshold: 10 }, 20],
  ])('%s', (_, partitions, options, value) => {
    expect(read(partitions, options)).toMatchObject({ value })
  })

  test('the activity looks at the lag before caps, strictly', () => {
    expect(read(topic(100), { activationLagThreshold: 99 })).toMatchObject({ value: 10, active: true })
    expect(read(topic(100), { activationLagThreshold: 100 }).active).toBe(false)
    expect(read(topic(0)).active).toBe(false)
  })

  test('a stuck consumer counts for the activity only, until it moves', () => {
    const first = read(topic(7, 8), { excludePersistentLag: true })
    expect(first).toMatchObject({ value: 15, previousOffsets: { orders: { 0: 100, 1: 100 } } })
    const second = read(topic(7, 8), { excludePersistentLag: true, previousOffsets: first.previousOffsets ?? {} })
    expect(second).toMatchObject({ value: 0, active: true, totalLagWithPersistent: 15 })
    const moved = topic(7, 8).map((one) => (one.partition === 1 ? { ...one, committedOffset: 101 } : one))
    const third = read(moved, { excludePersistentLag: true, previousOffsets: second.previousOffsets ?? {} })
    expect(third).toMatchObject({ value: 7, active: true, previousOffsets: { orders: { 0: 100, 1: 101 } } })
  })

  test('a stuck partition is no partition with lag', () => {
    const options = { excludePersistentLag: true, limitToPartitionsWithLag: true, previousOffsets: { orders: { 0: 100 } } }
    expect(read(topic(100, 100), options).value).toBe(10)
  })

  test.each<[string, Partial<KafkaLagInput>, string]>([
    ['no threshold', { lagThreshold: 0 }, 'lagThreshold'],
    ['a negative activation', { activationLagThreshold: -1 }, 'activationLagThreshold'],
    ['idle and limited', { allowIdleConsumers: true, limitToPartitionsWithLag: true }, 'exclude each other'],
    ['limited and even', { limitToPartitionsWithLag: true, ensureEvenDistributionOfPartitions: true }, 'exclude each other'],
    ['limited without a topic', { topic: '', limitToPartitionsWithLag: true }, 'needs a topic'],
    ['even without a topic', { topic: '', ensureEvenDistributionOfPartitions: true }, 'needs a topic'],
    ['no partition is left', { partitionLimitation: '9' }, 'no partition of partitionLimitation "9"'],
    ['no such topic', { topic: 'mail' }, 'the topic mail has no partition'],
    ['a bad limitation', { partitionLimitation: 'one' }, '"one" is neither'],
  ])('%s', (_, options, reason) => {
    expect(read(topic(1, 2), options).error).toContain(reason)
  })
})

test.each<[string, number[] | undefined]>([
  ['', undefined],
  ['  ', undefined],
  ['1', [1]],
  ['1,3, 5', [1, 3, 5]],
  ['1-4,8,10-11', [1, 2, 3, 4, 8, 10, 11]],
  ['4-1', []],
])('partitions %j', (text, partitions) => {
  expect(partitionLimitation({ text })).toEqual(partitions === undefined ? {} : { partitions })
})

test.each(['a', '1-2-3', '1,', '-1', '1-b'])('partitions %j are none', (text) => {
  expect(partitionLimitation({ text }).error).toContain('partitionLimitation')
})
