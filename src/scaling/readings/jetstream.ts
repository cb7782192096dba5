import type { Reading } from './reading.ts'

export interface JetstreamConsumer {
  readonly name: string
  readonly numPending: number
  readonly numAckPending: number
}

export interface JetstreamLagInput {
  readonly stream: string
  readonly consumer: string
  /** Consumers of the stream as `/jsz` lists them; absent when there is no such stream. */
  readonly consumers?: readonly JetstreamConsumer[]
  /** Default 0. */
  readonly activationLagThreshold?: number
}

/**
 * Messages the consumer has not got yet and those it has not acknowledged. A stream or consumer that does not exist is an error.
 *
 * Source: keda: pkg/scalers/nats_jetstream_scaler.go, getMaxMsgLag.
 */
export function jetstreamLag({ stream, consumer, consumers, activationLagThreshold = 0 }: JetstreamLagInput): Reading {
  if (consumers === undefined) return { error: `the stream ${stream} was not found` }
  const found = consumers.find(({ name }) => name === consumer)
  if (found === undefined) return { error: `the consumer ${consumer} was not found in the stream ${stream}` }
  const value = found.numPending + found.numAckPending
  return { value, active: value > activationLagThreshold }
}
