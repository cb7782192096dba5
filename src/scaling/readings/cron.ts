import { nextCronMs } from './cron-next.ts'
import { type CronSchedule, parseCron } from './cron-schedule.ts'
import type { Reading } from './reading.ts'
import { zoneOffset } from './zone-offset.ts'

/** Metadata of a cron trigger. */
export interface CronInput {
  /** Five fields each. */
  readonly start: string
  readonly end: string
  /** IANA name. */
  readonly timezone: string
  readonly desiredReplicas: number
  readonly nowMs: number
}

export type CronResult = Reading & {
  /** The next start and end, and the earlier of both: the reading cannot change before. Milliseconds since the epoch. */
  readonly nextStartMs?: number
  readonly nextEndMs?: number
  readonly changesAtMs?: number
}

/**
 * The wish of a cron trigger: `desiredReplicas` while the next end comes no later than the next start, 0 otherwise.
 *
 * Source: keda: pkg/scalers/cron_scaler.go, GetMetricsAndActivity.
 */
export function cronReading(input: CronInput): CronResult {
  const problem = validate(input)
  if (problem !== undefined) return { error: problem }
  const start = nextOf(input.start, input)
  const end = nextOf(input.end, input)
  if (typeof start === 'string') return { error: `start ${start}` }
  if (typeof end === 'string') return { error: `end ${end}` }
  const active = isWithin(input.nowMs, start.nextMs, end.nextMs)
  const changes = [start.nextMs, end.nextMs].filter((time) => time !== undefined)
  return {
    value: active ? input.desiredReplicas : 0,
    active,
    ...(start.nextMs === undefined ? {} : { nextStartMs: start.nextMs }),
    ...(end.nextMs === undefined ? {} : { nextEndMs: end.nextMs }),
    ...(changes.length === 0 ? {} : { changesAtMs: Math.min(...changes) }),
  }
}

function validate({ start, end, desiredReplicas }: CronInput): string | undefined {
  if (start === end) return 'start and end of a cron trigger are the same, but must differ'
  return desiredReplicas === 0 ? 'desiredReplicas of a cron trigger must not be 0' : undefined
}

function nextOf(text: string, { timezone, nowMs }: CronInput): { readonly nextMs: number | undefined } | string {
  const schedule: CronSchedule | string = parseCron(text)
  if (typeof schedule === 'string') return schedule
  const zone = schedule.timezone ?? timezone
  const offset = zoneOffset(zone)
  return offset === undefined ? `"${text}": there is no time zone "${zone}"` : { nextMs: nextCronMs(schedule, nowMs, offset) }
}

/** A time that never comes counts as long past, as Go's zero time does: a start that never comes is a start for good. */
function isWithin(nowMs: number, nextStartMs = Number.NEGATIVE_INFINITY, nextEndMs = Number.NEGATIVE_INFINITY): boolean {
  return nextStartMs < nextEndMs ? nowMs > nextStartMs && nowMs < nextEndMs : nowMs > nextStartMs || nowMs < nextEndMs
}
