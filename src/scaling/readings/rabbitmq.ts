import type { Reading } from './reading.ts'

const modes = ['QueueLength', 'MessageRate', 'DeliverGetRate', 'PublishedToDeliveredRatio', 'ExpectedQueueConsumptionTime'] as const
const operations = ['sum', 'avg', 'max'] as const

export type RabbitmqMode = (typeof modes)[number]

/** A queue as the management API describes it; over AMQP only `messages` is known. */
export interface RabbitmqQueue {
  /** Ready and unacknowledged. */
  readonly messages: number
  /** Ready only. */
  readonly messagesReady?: number
  /** Messages a second. */
  readonly publishRate?: number
  readonly deliverGetRate?: number
}

export interface RabbitmqInput {
  /** Several with `useRegex`; none then counts as one empty queue. */
  readonly queues: readonly RabbitmqQueue[]
  /** Default `QueueLength`. */
  readonly mode?: RabbitmqMode
  /** How several queues become one, default `sum`. */
  readonly operation?: (typeof operations)[number]
  readonly excludeUnacknowledged?: boolean
  /** Default 0. */
  readonly activationValue?: number
}

/**
 * Reading of a rabbitmq trigger: messages, a rate, published over delivered, or the seconds until the queue is empty at the present
 * rates. Where nothing is delivered, the last two have no value of their own: they give the activation value and are active.
 *
 * Source: keda: pkg/scalers/rabbitmq_scaler.go, GetMetricsAndActivity and getComposedQueue.
 */
export function rabbitmqReading(input: RabbitmqInput): Reading {
  const { mode = 'QueueLength', activationValue = 0, operation = 'sum' } = input
  if (!operations.includes(operation))
    return { error: `operation is ${JSON.stringify(operation)}, but must be one of ${operations.join(', ')}` }
  if (!modes.includes(mode)) return { error: `mode is ${JSON.stringify(mode)}, but must be one of ${modes.join(', ')}` }
  const queue = compose(input.queues, operation)
  const messages = input.excludeUnacknowledged ? queue.messagesReady : queue.messages
  const { publishRate, deliverGetRate } = queue
  switch (mode) {
    case 'QueueLength':
      return { value: messages, active: messages > activationValue }
    case 'MessageRate':
      return { value: publishRate, active: publishRate > activationValue || messages > activationValue }
    case 'DeliverGetRate':
      return { value: deliverGetRate, active: deliverGetRate > activationValue }
    case 'PublishedToDeliveredRatio': {
      const stalled = publishRate > 0 && deliverGetRate === 0
      const ratio = publishRate > 0 && deliverGetRate > 0 ? publishRate / deliverGetRate : 0
      return { value: stalled ? activationValue : ratio, active: stalled || ratio > activationValue }
    }
    case 'ExpectedQueueConsumptionTime': {
      if (messages === 0) return { value: 0, active: 0 > activationValue }
      if (deliverGetRate === 0) return { value: activationValue, active: messages > 0 }
      const seconds = (publishRate - deliverGetRate) / deliverGetRate + messages / deliverGetRate
      return { value: seconds, active: seconds > activationValue }
    }
  }
}

type Composed = Readonly<Required<RabbitmqQueue>>

function compose(queues: readonly RabbitmqQueue[], operation: (typeof operations)[number]): Composed {
  const over = (field: keyof RabbitmqQueue): readonly number[] => queues.map((queue) => queue[field] ?? 0)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const only = queues[0]
  if (only !== undefined && queues.length === 1) return { messagesReady: 0, publishRate: 0, deliverGetRate: 0, ...only }
  const join = (field: keyof RabbitmqQueue): number => {
    const values = over(field)
    if (operation === 'max') return Math.max(0, ...values)
    return operation === 'avg' && values.length > 0 ? sum(values) / values.length : sum(values)
  }
  return {
    messages: Math.trunc(join('messages')),
    messagesReady: Math.trunc(join('messagesReady')),
    publishRate: join('publishRate'),
    deliverGetRate: join('deliverGetRate'),
  }
}
