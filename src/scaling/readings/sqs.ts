import type { Reading } from './reading.ts'

export interface SqsLengthInput {
  /** Answer to GetQueueAttributes, as text. */
  readonly attributes: Readonly<Record<string, string>>
  /** Messages that are being worked on count too, default true. */
  readonly scaleOnInFlight?: boolean
  /** Messages whose delay has not passed count too, default false. */
  readonly scaleOnDelayed?: boolean
  /** Default 0. */
  readonly activationQueueLength?: number
}

/** Names of the attributes to ask for. Source: keda: pkg/scalers/aws_sqs_queue_scaler.go. */
export function sqsAttributes({
  scaleOnInFlight = true,
  scaleOnDelayed = false,
}: Pick<SqsLengthInput, 'scaleOnInFlight' | 'scaleOnDelayed'>): {
  readonly attributeNames: readonly string[]
} {
  const inFlight = scaleOnInFlight ? ['ApproximateNumberOfMessagesNotVisible'] : []
  const delayed = scaleOnDelayed ? ['ApproximateNumberOfMessagesDelayed'] : []
  return { attributeNames: ['ApproximateNumberOfMessages', ...inFlight, ...delayed] }
}

/**
 * Length of a queue: visible messages, and those in flight and delayed as asked. An attribute that is missing or no whole number
 * is an error.
 *
 * Source: keda: pkg/scalers/aws_sqs_queue_scaler.go, processQueueLengthFromSqsQueueAttributesOutput.
 */
export function sqsLength(input: SqsLengthInput): Reading {
  let value = 0
  for (const name of sqsAttributes(input).attributeNames) {
    const text = input.attributes[name]
    if (text === undefined) return { error: `the queue's attributes have no ${name}` }
    if (!/^[+-]?\d+$/.test(text)) return { error: `the queue's attribute ${name} is ${JSON.stringify(text)}, which is no whole number` }
    value += Number(text)
  }
  return { value, active: value > (input.activationQueueLength ?? 0) }
}
