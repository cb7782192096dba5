import { type Instant, instant } from '../../../../src/kernel/instant.ts'

/** A point in time as engines write it: they count nanoseconds, and lines of a container are told apart by them. */
export interface EngineTime {
  /** Seconds since the epoch. */
  readonly seconds: number
  readonly nanos: number
}

/** `2026-11-25T10:00:00.123456789Z`, or with `+01:00` as Podman writes it; undefined for anything else. Source: RFC 3339. */
export function parseEngineTime(text: string): EngineTime | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text)
  if (match === null) return undefined
  const number = (index: number): number => Number(match[index] ?? 0)
  const offset = (match[8] === '-' ? -60 : 60) * (number(9) * 60 + number(10))
  const day = dayNumber(number(1), number(2), number(3))
  return {
    seconds: day * 86_400 + number(4) * 3600 + number(5) * 60 + number(6) - offset,
    nanos: Number((match[7] ?? '').padEnd(9, '0')),
  }
}

/** Days since 1970-01-01 (era arithmetic, proleptic Gregorian calendar); the inverse is in `kernel/instant.ts`. */
function dayNumber(year: number, month: number, date: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

export function instantOf({ seconds, nanos }: EngineTime): Instant {
  return instant(seconds * 1000 + Math.floor(nanos / 1_000_000))
}

export function engineTimeOf(at: Instant): EngineTime {
  return { seconds: Math.floor(at / 1000), nanos: (at - Math.floor(at / 1000) * 1000) * 1_000_000 }
}

/** As the engine takes it in `since`. */
export function sinceText({ seconds, nanos }: EngineTime): string {
  return `${seconds}.${String(nanos).padStart(9, '0')}`
}

export function isEarlier(left: EngineTime, right: EngineTime): boolean {
  return left.seconds < right.seconds || (left.seconds === right.seconds && left.nanos < right.nanos)
}
