import { cronReading } from '../../scaling/readings/cron.ts'
import type { ReadClockTrigger } from './scaler-port.ts'

/** A cron trigger at a time; a schedule that cannot be read was refused with the model. */
export const readClockTrigger: ReadClockTrigger = ({ metadata }, nowMs) => {
  const { start = '', end = '', timezone = 'UTC', desiredReplicas } = metadata
  const reading = cronReading({ start, end, timezone, desiredReplicas: Number(desiredReplicas), nowMs })
  const untilMs = reading.changesAtMs === undefined ? {} : { untilMs: reading.changesAtMs }
  return { value: 'value' in reading ? (reading.value ?? 0) : 0, active: 'active' in reading && reading.active === true, ...untilMs }
}
