import { isRecord } from '../../dialects/source/wording.ts'
import { instant } from '../../kernel/instant.ts'
import type { TraceRow } from './shapes.ts'

/** A place in the text of a trace, from 1. */
export interface TraceFault {
  readonly line: number
  readonly column: number
  readonly message: string
}

/**
 * Rows of `time,count`, or JSON objects with `t` or `time` and `count` or `arrivals`, one a line. A time is a number of seconds since the start, or a date such as
 * 2026-01-05T09:00:00Z (the first one is the start); the events of a row come evenly until the next row, those of the last one over as long a stretch as before.
 */
export function readTrace(text: string): { readonly rows: readonly TraceRow[] } | { readonly fault: TraceFault } {
  const points: { readonly at: number; readonly count: number }[] = []
  let first: number | undefined
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const cells = cellsOf(line)
    if (cells === undefined) return fault(index, 1, 'this is neither "time,count" nor a JSON object')
    if (cells === 'skip') continue
    const [time, count] = [timeOf(cells.time.text), Number(cells.count.text)]
    // The first line may name the columns.
    if (points.length === 0 && first === undefined && index === 0 && time === undefined && Number.isNaN(count)) continue
    if (time === undefined) return fault(index, cells.time.column, `"${cells.time.text}" is no time`)
    if (cells.count.text.trim() === '' || !Number.isFinite(count) || count < 0)
      return fault(index, cells.count.column, `"${cells.count.text}" is no number of events`)
    first ??= /^\d{4}-/.test(cells.time.text.trim()) ? time : 0
    const at = time - first
    const before = points.at(-1)
    if (before !== undefined && at <= before.at) return fault(index, cells.time.column, 'rows must come in order of time')
    points.push({ at, count })
  }
  let lasts = 60
  const rows = points.map(({ at, count }, index) => {
    lasts = (points[index + 1]?.at ?? at + lasts) - at
    return { at, lasts, count }
  })
  return { rows }
}

interface Cell {
  readonly text: string
  readonly column: number
}

function cellsOf(line: string): { readonly time: Cell; readonly count: Cell } | 'skip' | undefined {
  if (!line.trimStart().startsWith('{')) {
    const comma = line.search(/[,;\t]/)
    if (comma < 0) return undefined
    const end = line.slice(comma + 1).search(/[,;\t]/)
    const count = end < 0 ? line.slice(comma + 1) : line.slice(comma + 1, comma + 1 + end)
    return { time: { text: line.slice(0, comma), column: 1 }, count: { text: count, column: comma + 2 } }
  }
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (!isRecord(value)) return undefined
  const time = value.time ?? value.t
  const count = value.count ?? value.arrivals
  const column = (key: string): number => Math.max(1, line.indexOf(`"${key}"`) + 1)
  return {
    time: { text: String(time ?? ''), column: column(value.time === undefined ? 't' : 'time') },
    count: { text: String(count ?? ''), column: column(value.count === undefined ? 'arrivals' : 'count') },
  }
}

function fault(index: number, column: number, message: string): { readonly fault: TraceFault } {
  return { fault: { line: index + 1, column, message } }
}

/** Seconds. */
function timeOf(text: string): number | undefined {
  const trimmed = text.trim()
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed)
  const ms = instantOf(trimmed)
  return ms === undefined ? undefined : ms / 1000
}

/** Milliseconds since the epoch of `2026-01-05T09:00:00Z`, with seconds and fractions where given; undefined for anything else. */
export function instantOf(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?)?Z?$/.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second >= 60) return undefined
  return instant(((daysBefore(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + Math.round(second * 1000))
}

/** Days from 1970-01-01 to a date of the Gregorian calendar. */
function daysBefore(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}
