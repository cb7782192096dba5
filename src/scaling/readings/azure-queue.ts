import type { Reading } from './reading.ts'

export interface AzureQueueInput {
  /** Approximate count of all messages, invisible ones included. */
  readonly approximateMessagesCount: number
  /** How many messages a peek showed; asked for with `visibleonly` only. */
  readonly peekedMessages?: number
  /** `all` or `visibleonly` in any case, default `all`. */
  readonly queueLengthStrategy?: string
  /** Default 0. */
  readonly activationQueueLength?: number
}

/** As many as a peek can show. */
const mostPeeked = 32

/**
 * Length of a storage queue. `visibleonly` counts what a peek shows; a full peek says no more than "at least 32", upon which the
 * approximate count of all messages is taken.
 *
 * Source: keda: pkg/scalers/azure_queue_scaler.go, getMessageCount.
 */
export function azureQueueLength(input: AzureQueueInput): Reading {
  const { approximateMessagesCount, peekedMessages, queueLengthStrategy = 'all', activationQueueLength = 0 } = input
  const visibleOnly = queueLengthStrategy.toLowerCase() === 'visibleonly'
  const value = visibleOnly && peekedMessages !== undefined && peekedMessages < mostPeeked ? peekedMessages : approximateMessagesCount
  return { value, active: value > activationQueueLength }
}
