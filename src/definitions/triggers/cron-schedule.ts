const FIELDS = [
  { name: 'minute', low: 0, high: 59, names: [] },
  { name: 'hour', low: 0, high: 23, names: [] },
  { name: 'day', low: 1, high: 31, names: [] },
  { name: 'month', low: 1, high: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { name: 'weekday', low: 0, high: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const

/** Why a text is no schedule of five fields, or undefined. Source: robfig/cron, the parser that KEDA uses: no seconds, no `@daily`. */
export function scheduleFault(text: string): string | undefined {
  const fields = text.trim().split(/\s+/)
  if (fields.length !== FIELDS.length) return `it has ${fields.length} fields, five are needed`
  for (const [index, field] of FIELDS.entries()) {
    for (const part of (fields[index] ?? '').split(',')) {
      const fault = partFault(part, field)
      if (fault !== undefined) return `${field.name} "${fields[index]}": ${fault}`
    }
  }
  return undefined
}

function partFault(part: string, field: (typeof FIELDS)[number]): string | undefined {
  const [range = '', step, ...more] = part.split('/')
  if (more.length > 0) return 'it has two "/"'
  if (step !== undefined && !/^[1-9]\d*$/.test(step)) return 'the step after "/" must be a number above 0'
  if (range === '*' || range === '?') return undefined
  const ends = range.split('-')
  if (ends.length > 2) return 'it has two "-"'
  const numbers = ends.map((end) => numberOf(end, field))
  const [from, to = from] = numbers
  if (numbers.includes(undefined) || from === undefined || to === undefined) return `values are ${field.low} to ${field.high}`
  return from > to ? 'the range ends before it begins' : undefined
}

function numberOf(text: string, { low, high, names }: (typeof FIELDS)[number]): number | undefined {
  const named = (names as readonly string[]).indexOf(text.toLowerCase())
  if (named >= 0) return named + low
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return number >= low && number <= high ? number : undefined
}
