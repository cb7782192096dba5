import type { CronSchedule } from './cron-schedule.ts'
import { instantOf, type LocalTime, localTime } from './local-time.ts'
import type { ZoneOffset } from './zone-offset.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
const mostYears = 5

/**
 * The first match strictly after a point in time; undefined when there is none within five years. Hours that a change of the clocks
 * skips do not match on that day, hours that it repeats match twice.
 *
 * Source: robfig/cron: spec.go, Next.
 */
export function nextCronMs(schedule: CronSchedule, afterMs: number, offset: ZoneOffset): number | undefined {
  const search = new Search(schedule, Math.floor(afterMs / minuteMs) * minuteMs + minuteMs, offset)
  const lastYear = search.local.year + mostYears
  while (search.local.year <= lastYear)
    if (search.findMonth() && search.findDay() && search.findHour() && search.findMinute()) return search.atMs
  return undefined
}

/** Moves field by field; a step answers false when a larger field has changed, so that all are to be looked at again. */
class Search {
  atMs: number
  local: LocalTime
  readonly #schedule: CronSchedule
  readonly #offset: ZoneOffset
  /** Once a field has moved, the smaller ones are at their beginning. */
  #moved = false

  constructor(schedule: CronSchedule, startMs: number, offset: ZoneOffset) {
    this.#schedule = schedule
    this.#offset = offset
    this.atMs = startMs
    this.local = localTime(startMs, offset)
  }

  findMonth(): boolean {
    while (!this.#schedule.months.has(this.local.month)) {
      this.#begin({ ...this.local, day: 1, hour: 0, minute: 0 })
      this.#moveTo(instantOf({ ...this.local, month: this.local.month + 1 }, this.#offset))
      if (this.local.month === 1) return false
    }
    return true
  }

  findDay(): boolean {
    while (!this.#dayMatches()) {
      this.#begin({ ...this.local, hour: 0, minute: 0 })
      this.#moveTo(instantOf({ ...this.local, day: this.local.day + 1 }, this.#offset))
      this.#returnToMidnight()
      if (this.local.day === 1) return false
    }
    return true
  }

  findHour(): boolean {
    while (!this.#schedule.hours.has(this.local.hour)) {
      this.#begin({ ...this.local, minute: 0 })
      this.#moveTo(this.atMs + hourMs)
      if (this.local.hour === 0) return false
    }
    return true
  }

  findMinute(): boolean {
    while (!this.#schedule.minutes.has(this.local.minute)) {
      this.#moved = true
      this.#moveTo(this.atMs + minuteMs)
      if (this.local.minute === 0) return false
    }
    return true
  }

  #dayMatches(): boolean {
    const dayOfMonth = this.#schedule.daysOfMonth.has(this.local.day)
    const dayOfWeek = this.#schedule.daysOfWeek.has(this.local.weekday)
    return this.#schedule.bothDaysMustMatch ? dayOfMonth && dayOfWeek : dayOfMonth || dayOfWeek
  }

  /** Where the clocks change at midnight, the next day may begin at 23:00 or at 01:00. */
  #returnToMidnight(): void {
    const { hour } = this.local
    if (hour !== 0) this.#moveTo(this.atMs + (hour > 12 ? 24 - hour : -hour) * hourMs)
  }

  #begin(local: LocalTime): void {
    if (this.#moved) return
    this.#moved = true
    this.#moveTo(instantOf(local, this.#offset))
  }

  #moveTo(atMs: number): void {
    this.atMs = atMs
    this.local = localTime(atMs, this.#offset)
  }
}
