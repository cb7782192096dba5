import type { TriggerEntry } from '../definition.ts'
import { azureTriggers } from './azure.ts'
import { cron } from './cron.ts'
import { databaseTriggers } from './databases.ts'
import { edgeTriggers } from './edge.ts'
import { externalTriggers } from './external.ts'
import { httpSourceTriggers } from './http-sources.ts'
import { kafkaTriggers } from './kafka.ts'
import { manualTriggers } from './manual.ts'
import { messagingTriggers } from './messaging.ts'
import { platformTriggers } from './platforms.ts'
import { resourceTriggers } from './resource-use.ts'

/** KEDA's triggers, and `http` and `tcp` of our own. */
export const triggers: readonly TriggerEntry[] = [
  ...edgeTriggers,
  ...resourceTriggers,
  cron,
  ...messagingTriggers,
  ...kafkaTriggers,
  ...databaseTriggers,
  ...httpSourceTriggers,
  ...externalTriggers,
  ...azureTriggers,
  ...platformTriggers,
  ...manualTriggers,
]
