/** Offset at which the consumer group stood at an earlier reading, by topic and partition. */
export type KafkaOffsets = Readonly<Record<string, Readonly<Record<number, number>>>>

export interface KafkaPartitionLagInput {
  /** Where the consumer group stands; -1 when it has committed nothing. */
  readonly committedOffset: number
  /** The end of the partition; absent when the broker did not tell. */
  readonly latestOffset?: number
  /** Where the group stood before, when `excludePersistentLag` is on and the partition was read before. */
  readonly previousOffset?: number
  /** Default `latest`. */
  readonly offsetResetPolicy?: 'latest' | 'earliest'
  readonly scaleToZeroOnInvalidOffset?: boolean
  readonly excludePersistentLag?: boolean
}

export interface KafkaPartitionLagResult {
  /** Messages that count for the size. */
  readonly lag: number
  /** Messages that count for the activity, those of a stuck consumer included. */
  readonly lagWithPersistent: number
  /** What to remember as the previous offset; absent when nothing changes. */
  readonly rememberedOffset?: number
}

const nothingCommitted = -1

/**
 * Lag of one partition. Without a committed offset `latest` counts as one message, so that a consumer comes to commit one (none with
 * `scaleToZeroOnInvalidOffset`), and `earliest` as all. With `excludePersistentLag` a consumer that has not moved since the last
 * reading counts for the activity only.
 *
 * Source: keda: pkg/scalers/kafka_scaler.go, getLagForPartition.
 */
export function kafkaPartitionLag(input: KafkaPartitionLagInput): KafkaPartitionLagResult {
  const { committedOffset, latestOffset, previousOffset, offsetResetPolicy = 'latest' } = input
  const uncommitted = committedOffset === nothingCommitted
  if (uncommitted && input.scaleToZeroOnInvalidOffset) return both(0)
  if (uncommitted && offsetResetPolicy === 'latest') return both(1)
  if (latestOffset === undefined) return both(0)
  if (uncommitted) return both(latestOffset)
  const lag = latestOffset - committedOffset
  if (!input.excludePersistentLag) return both(lag)
  if (previousOffset === committedOffset) return { lag: 0, lagWithPersistent: lag }
  return { ...both(lag), rememberedOffset: committedOffset }
}

function both(lag: number): KafkaPartitionLagResult {
  return { lag, lagWithPersistent: lag }
}
