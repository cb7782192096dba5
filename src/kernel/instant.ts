/** Milliseconds since the epoch. Branded so that a duration is never taken for a point in time. */
export type Instant = number & { readonly __brand: 'Instant' }

/** A duration in milliseconds. */
export type Millis = number

export function instant(msSinceEpoch: number): Instant {
  return msSinceEpoch as Instant
}

export function after(start: Instant, duration: Millis): Instant {
  return (start + duration) as Instant
}

/** The earliest of some points in time, ignoring absent ones. */
export function earliest(...times: readonly (Instant | undefined)[]): Instant | undefined {
  let first: Instant | undefined
  for (const time of times) if (time !== undefined && (first === undefined || time < first)) first = time
  return first
}

/** The later one of two. */
export function latest(left: Instant, right: Instant): Instant {
  return left > right ? left : right
}

/** `2026-11-25T10:00:00.000Z` for a point in time (the one place outside the clocks that formats dates). */
export function formatInstant(time: Instant): string {
  const day = Math.floor(time / 86_400_000)
  const rest = time - day * 86_400_000
  const { year, month, date } = civilFromDays(day)
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(rest / 3_600_000)
  const minutes = Math.floor(rest / 60_000) % 60
  const seconds = Math.floor(rest / 1000) % 60
  const millis = String(Math.floor(rest % 1000)).padStart(3, '0')
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(date)}T${two(hours)}:${two(minutes)}:${two(seconds)}.${millis}Z`
}

/** Gregorian date of a day number counted from 1970-01-01 (era arithmetic, proleptic calendar). */
function civilFromDays(dayNumber: number): { readonly year: number; readonly month: number; readonly date: number } {
  const shifted = dayNumber + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153)
  const date = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date }
}
