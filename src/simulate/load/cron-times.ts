import { nextCronMs } from '../../scaling/readings/cron-next.ts'
import { parseCron } from '../../scaling/readings/cron-schedule.ts'
import { zoneOffset } from '../../scaling/readings/zone-offset.ts'
import type { CronTimes } from './shapes.ts'

/** Times of a schedule of five fields in a time zone; undefined when it is none. */
export function cronTimes(schedule: string, timezone: string): CronTimes | undefined {
  const parsed = parseCron(schedule)
  if (typeof parsed === 'string') return undefined
  const offset = zoneOffset(parsed.timezone ?? timezone)
  if (offset === undefined) return undefined
  return (fromMs, untilMs) => {
    const times: number[] = []
    for (let at = nextCronMs(parsed, fromMs, offset); at !== undefined && at < untilMs; at = nextCronMs(parsed, at, offset)) times.push(at)
    return times
  }
}
