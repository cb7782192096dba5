import type { Reading } from './reading.ts'

/** A sequence number of an event hub; a `bigint` or its digits where it may exceed 2^53. */
export type SequenceNumber = number | bigint | `${number}`

export interface EventHubPartition {
  /** -1 when the partition is empty. */
  readonly lastEnqueuedSequenceNumber: SequenceNumber
  readonly beginningSequenceNumber: SequenceNumber
  /** Sequence number of the checkpoint; absent when there is no checkpoint. */
  readonly checkpointSequenceNumber?: SequenceNumber
}

export interface EventHubPartitionInput {
  readonly partition: EventHubPartition
  /** Default 10000. */
  readonly stalePartitionInfoThreshold?: number
}

export interface EventHubPartitionResult {
  readonly unprocessed: bigint
}

const highestSequenceNumber = 2n ** 63n - 1n
const defaultStaleThreshold = 10_000

/**
 * Events of one partition behind its checkpoint; without one, all it holds. Sequence numbers start anew after 2^63 − 1. A checkpoint
 * that seems to be ahead may also mean that the partition's description is stale: a count within the threshold of the whole range
 * counts as none.
 *
 * Source: keda: pkg/scalers/azure_eventhub_scaler.go, calculateUnprocessedEvents and GetUnprocessedEventCountWithoutCheckpoint.
 */
export function eventHubPartitionUnprocessed({ partition, stalePartitionInfoThreshold }: EventHubPartitionInput): EventHubPartitionResult {
  const last = BigInt(partition.lastEnqueuedSequenceNumber)
  if (last === -1n) return { unprocessed: 0n }
  if (partition.checkpointSequenceNumber === undefined)
    return { unprocessed: withoutCheckpoint(BigInt(partition.beginningSequenceNumber), last) }
  const checkpoint = BigInt(partition.checkpointSequenceNumber)
  const count = last >= checkpoint ? last - checkpoint : highestSequenceNumber - checkpoint + last
  const stale = count > highestSequenceNumber - BigInt(stalePartitionInfoThreshold ?? defaultStaleThreshold)
  return { unprocessed: stale ? 0n : count }
}

function withoutCheckpoint(beginning: bigint, last: bigint): bigint {
  const holdsEvents = (beginning === 0n && last === 0n) || beginning !== last
  return holdsEvents ? last - beginning + 1n : 0n
}

export interface EventHubInput {
  readonly partitions: readonly EventHubPartition[]
  /** Default 64. */
  readonly unprocessedEventThreshold?: number
  /** Default 0. */
  readonly activationUnprocessedEventThreshold?: number
  readonly stalePartitionInfoThreshold?: number
}

/**
 * Unprocessed events of all partitions, the value capped at one replica for each partition, the activity judged before that.
 *
 * Source: keda: pkg/scalers/azure_eventhub_scaler.go, GetMetricsAndActivity and getTotalLagRelatedToPartitionAmount.
 */
export function eventHubUnprocessed(input: EventHubInput): Reading {
  const { partitions, unprocessedEventThreshold = 64, activationUnprocessedEventThreshold = 0, stalePartitionInfoThreshold } = input
  if (unprocessedEventThreshold < 1) return { error: `unprocessedEventThreshold is ${unprocessedEventThreshold}, but must be above 0` }
  const stale = stalePartitionInfoThreshold === undefined ? {} : { stalePartitionInfoThreshold }
  const sum = partitions.reduce((total, partition) => total + eventHubPartitionUnprocessed({ partition, ...stale }).unprocessed, 0n)
  const total = sum > highestSequenceNumber ? highestSequenceNumber : sum
  const threshold = BigInt(Math.trunc(unprocessedEventThreshold))
  const capped = total / threshold > BigInt(partitions.length) ? BigInt(partitions.length) * threshold : total
  return { value: Number(capped), active: total > BigInt(Math.trunc(activationUnprocessedEventThreshold)) }
}
