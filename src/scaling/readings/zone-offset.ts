/** Milliseconds by which local time is ahead of UTC, at a point in time. */
export type ZoneOffset = (atMs: number) => number

const dayMs = 86_400_000
const mostDaysKept = 4096
const offsets = new Map<string, ZoneOffset>()

/**
 * The offset of an IANA time zone as a function of time, or undefined when there is no such zone. The empty name is UTC, as in Go.
 * Answers are remembered, which changes nothing but their cost.
 */
export function zoneOffset(timezone: string): ZoneOffset | undefined {
  if (timezone === '' || timezone === 'UTC') return () => 0
  const known = offsets.get(timezone)
  if (known !== undefined) return known
  const formatter = formatterOf(timezone)
  if (formatter === undefined) return undefined
  const offset = rememberDays((atMs) => readOffset(formatter, atMs))
  offsets.set(timezone, offset)
  return offset
}

/** Offsets change on few days of a year: a day that begins and ends with the same one has it throughout. */
function rememberDays(offsetAt: ZoneOffset): ZoneOffset {
  const steady = new Map<number, number | undefined>()
  return (atMs) => {
    const day = Math.floor(atMs / dayMs)
    if (!steady.has(day)) {
      if (steady.size >= mostDaysKept) steady.clear()
      const atStart = offsetAt(day * dayMs)
      steady.set(day, atStart === offsetAt((day + 1) * dayMs) ? atStart : undefined)
    }
    return steady.get(day) ?? offsetAt(atMs)
  }
}

function formatterOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readOffset(formatter: Intl.DateTimeFormat, atMs: number): number {
  const name = formatter.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const match = /([+-])(\d+):(\d+)(?::(\d+))?/.exec(name)
  if (match === null) return 0
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0)
  return (match[1] === '-' ? -1000 : 1000) * seconds
}
