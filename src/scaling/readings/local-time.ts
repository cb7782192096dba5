import type { ZoneOffset } from './zone-offset.ts'

/** The wall clock of a zone at a point in time. `weekday` counts from Sunday as 0, `month` from 1. */
export interface LocalTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly weekday: number
  readonly hour: number
  readonly minute: number
}

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

export function localTime(atMs: number, offset: ZoneOffset): LocalTime {
  const local = atMs + offset(atMs)
  const dayNumber = Math.floor(local / dayMs)
  const ofDay = local - dayNumber * dayMs
  return {
    ...dateOfDay(dayNumber),
    weekday: (((dayNumber + 4) % 7) + 7) % 7,
    hour: Math.floor(ofDay / hourMs),
    minute: Math.floor(ofDay / minuteMs) % 60,
  }
}

/**
 * The point in time of a wall clock; months and days beyond their end carry over. A wall clock that the zone skips or repeats is
 * taken as Go takes it. Source: go: src/time/time.go, Date.
 */
export function instantOf(local: Pick<LocalTime, 'year' | 'month' | 'day' | 'hour' | 'minute'>, offset: ZoneOffset): number {
  const asUtc = dayOfDate(local.year, local.month, local.day) * dayMs + local.hour * hourMs + local.minute * minuteMs
  const guess = offset(asUtc)
  return guess === 0 ? asUtc : asUtc - offset(asUtc - guess)
}

/** Day number from 1970-01-01 (proleptic Gregorian calendar, years counted from March). */
function dayOfDate(year: number, month: number, day: number): number {
  const months = year * 12 + month - 3
  const marchYear = Math.floor(months / 12)
  const monthOfYear = months - marchYear * 12
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  return marchYear * 365 + leapDays + Math.floor((153 * monthOfYear + 2) / 5) + day - 1 - 719_468
}

function dateOfDay(dayNumber: number): Pick<LocalTime, 'year' | 'month' | 'day'> {
  const shifted = dayNumber + 719_468
  const era = Math.floor(shifted / 146_097)
  const ofEra = shifted - era * 146_097
  const year = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365)
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const marchMonth = Math.floor((5 * ofYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return { year: era * 400 + year + (month <= 2 ? 1 : 0), month, day: ofYear - Math.floor((153 * marchMonth + 2) / 5) + 1 }
}
