import { type KafkaOffsets, type KafkaPartitionLagInput, kafkaPartitionLag } from './kafka-partition-lag.ts'
import { partitionLimitation } from './partition-limitation.ts'
import type { Reading } from './reading.ts'

export interface KafkaPartition {
  readonly topic: string
  readonly partition: number
  /** -1 when the group has committed nothing. */
  readonly committedOffset: number
  /** Absent when the broker did not tell: such a partition takes no part. */
  readonly latestOffset?: number
}

export interface KafkaLagInput
  extends Pick<KafkaPartitionLagInput, 'offsetResetPolicy' | 'scaleToZeroOnInvalidOffset' | 'excludePersistentLag'> {
  readonly partitions: readonly KafkaPartition[]
  /** Absent or empty: all topics of the group. */
  readonly topic?: string
  /** Default 10. */
  readonly lagThreshold?: number
  /** Default 0. */
  readonly activationLagThreshold?: number
  readonly allowIdleConsumers?: boolean
  readonly limitToPartitionsWithLag?: boolean
  readonly ensureEvenDistributionOfPartitions?: boolean
  /** For example `1-4,8`; only together with `topic`. */
  readonly partitionLimitation?: string
  /** Of the previous reading, for `excludePersistentLag`. */
  readonly previousOffsets?: KafkaOffsets
}

export type KafkaLagResult = Reading & {
  /** All lag that counts for the size, before caps. */
  readonly totalLag?: number
  /** All lag, which decides the activity. */
  readonly totalLagWithPersistent?: number
  readonly previousOffsets?: KafkaOffsets
}

/**
 * Lag of a consumer group. The size is capped at one replica for each partition (`allowIdleConsumers` lifts that), for each
 * partition with lag, or at the next number of replicas that divides the partitions evenly; the activity looks at the lag before
 * any cap.
 *
 * Source: keda: pkg/scalers/kafka_scaler.go, getTotalLag and Validate.
 */
export function kafkaLag(input: KafkaLagInput): KafkaLagResult {
  const problem = validate(input)
  if (problem !== undefined) return { error: problem }
  const chosen = choosePartitions(input)
  if (typeof chosen === 'string') return { error: chosen }
  const sums = sumUp(chosen, input)
  return {
    value: capped(sums, input),
    active: sums.totalLagWithPersistent > (input.activationLagThreshold ?? 0),
    totalLag: sums.totalLag,
    totalLagWithPersistent: sums.totalLagWithPersistent,
    previousOffsets: sums.previousOffsets,
  }
}

const defaultLagThreshold = 10

function validate(input: KafkaLagInput): string | undefined {
  const {
    lagThreshold = defaultLagThreshold,
    activationLagThreshold = 0,
    limitToPartitionsWithLag,
    ensureEvenDistributionOfPartitions,
  } = input
  if (lagThreshold <= 0) return `lagThreshold is ${lagThreshold}, but must be above 0`
  if (activationLagThreshold < 0) return `activationLagThreshold is ${activationLagThreshold}, but must not be negative`
  if (input.allowIdleConsumers && limitToPartitionsWithLag) return 'allowIdleConsumers and limitToPartitionsWithLag exclude each other'
  if (limitToPartitionsWithLag && ensureEvenDistributionOfPartitions)
    return 'limitToPartitionsWithLag and ensureEvenDistributionOfPartitions exclude each other'
  if (!input.topic && limitToPartitionsWithLag) return 'limitToPartitionsWithLag needs a topic'
  return !input.topic && ensureEvenDistributionOfPartitions ? 'ensureEvenDistributionOfPartitions needs a topic' : undefined
}

function choosePartitions({ topic, partitions, partitionLimitation: text = '' }: KafkaLagInput): readonly KafkaPartition[] | string {
  if (!topic) return partitions
  const limitation = partitionLimitation({ text })
  if (limitation.error !== undefined) return limitation.error
  const allowed = limitation.partitions
  const chosen = partitions.filter((one) => one.topic === topic && (allowed === undefined || allowed.includes(one.partition)))
  return chosen.length === 0
    ? `the topic ${topic} has no partition${allowed === undefined ? '' : ` of partitionLimitation "${text}"`}`
    : chosen
}

type Sums = Readonly<{
  totalLag: number
  totalLagWithPersistent: number
  partitions: number
  partitionsWithLag: number
  previousOffsets: KafkaOffsets
}>

function sumUp(partitions: readonly KafkaPartition[], input: KafkaLagInput): Sums {
  const offsets: Record<string, Record<number, number>> = {}
  for (const [topic, known] of Object.entries(input.previousOffsets ?? {})) offsets[topic] = { ...known }
  const told = partitions.filter(({ latestOffset }) => latestOffset !== undefined)
  let totalLag = 0
  let totalLagWithPersistent = 0
  let partitionsWithLag = 0
  for (const { topic, partition, ...position } of told) {
    const previousOffset = offsets[topic]?.[partition]
    const one = kafkaPartitionLag({ ...input, ...position, ...(previousOffset === undefined ? {} : { previousOffset }) })
    totalLag += one.lag
    totalLagWithPersistent += one.lagWithPersistent
    if (one.lag > 0) partitionsWithLag++
    if (one.rememberedOffset !== undefined) offsets[topic] = { ...offsets[topic], [partition]: one.rememberedOffset }
  }
  return { totalLag, totalLagWithPersistent, partitions: told.length, partitionsWithLag, previousOffsets: offsets }
}

function capped({ totalLag, partitions, partitionsWithLag }: Sums, input: KafkaLagInput): number {
  const { lagThreshold = defaultLagThreshold, limitToPartitionsWithLag, ensureEvenDistributionOfPartitions } = input
  if (input.allowIdleConsumers && !limitToPartitionsWithLag && !ensureEvenDistributionOfPartitions) return totalLag
  const most = limitToPartitionsWithLag ? partitionsWithLag : partitions
  const lag = ensureEvenDistributionOfPartitions ? evenReplicas(totalLag, partitions, lagThreshold) * lagThreshold : totalLag
  return Math.trunc(lag / lagThreshold) > most ? most * lagThreshold : lag
}

/** The smallest divisor of the partitions whose replicas can take the lag, or all partitions. */
function evenReplicas(totalLag: number, partitions: number, lagThreshold: number): number {
  for (let divisor = 1; divisor <= partitions; divisor++)
    if (partitions % divisor === 0 && divisor * lagThreshold >= totalLag) return divisor
  return partitions
}
