import type { TriggerEntry } from '../definition.ts'
import { natsJetstream } from './nats-jetstream.ts'
import { rabbitmq } from './rabbitmq.ts'
import { redisTriggers } from './redis.ts'

/** Queues and streams of brokers. */
export const messagingTriggers: readonly TriggerEntry[] = [...redisTriggers, rabbitmq, natsJetstream]
