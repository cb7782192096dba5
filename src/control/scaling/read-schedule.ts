import type { Instant } from '../../kernel/instant.ts'
import type { TriggerReading } from '../../model/meter.ts'
import type { ScaleTrigger } from '../../model/scale-policy.ts'
import { cronReading } from '../../scaling/readings/cron.ts'

/** A cron trigger: computed from the clock. */
export function readSchedule({ name, metadata }: ScaleTrigger, now: Instant): TriggerReading {
  const { start = '', end = '', timezone = '', desiredReplicas = '' } = metadata
  const reading = cronReading({ start, end, timezone, desiredReplicas: Number(desiredReplicas), nowMs: now })
  if (reading.error !== undefined) return { trigger: name, error: reading.error }
  return { trigger: name, value: reading.value, active: reading.active }
}
