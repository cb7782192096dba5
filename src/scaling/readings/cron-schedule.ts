/** A parsed cron text: the values of each field that match. */
export interface CronSchedule {
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  readonly daysOfMonth: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  readonly daysOfWeek: ReadonlySet<number>
  /** One of the day fields has a star: then both must match, otherwise one is enough. */
  readonly bothDaysMustMatch: boolean
  /** The zone of a leading `TZ=` or `CRON_TZ=`, which wins over the trigger's. */
  readonly timezone?: string
}

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names: readonly string[]
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const minuteBounds: Bounds = { min: 0, max: 59, names: [] }
const hourBounds: Bounds = { min: 0, max: 23, names: [] }
const dayOfMonthBounds: Bounds = { min: 1, max: 31, names: [] }
const monthBounds: Bounds = { min: 1, max: 12, names: monthNames }
const dayOfWeekBounds: Bounds = { min: 0, max: 6, names: dayNames }

/**
 * Reads a cron text of five fields as KEDA does: no seconds, no `@daily`, Sunday is 0 and never 7, `?` is a star, `n/s` runs to the
 * end of the field, names of months and days in any case. Returns the reason when the text is none.
 *
 * Source: keda: pkg/scalers/cron_scaler.go; robfig/cron: parser.go, Parse and getRange.
 */
export function parseCron(text: string): CronSchedule | string {
  const zoned = /^(?:CRON_)?TZ=(\S*)\s+(.*)$/.exec(text)
  const spec = (zoned?.[2] ?? text).trim()
  if (spec.startsWith('@')) return `"${text}": words such as @daily are not accepted, write the five fields`
  const fields = spec.split(/\s+/).filter((field) => field !== '')
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields
  if (
    minute === undefined ||
    hour === undefined ||
    dayOfMonth === undefined ||
    month === undefined ||
    dayOfWeek === undefined ||
    fields.length > 5
  )
    return `"${text}" has ${fields.length} fields, but needs minute, hour, day of month, month and day of week`
  const parsed = [
    parseField(minute, minuteBounds),
    parseField(hour, hourBounds),
    parseField(dayOfMonth, dayOfMonthBounds),
    parseField(month, monthBounds),
    parseField(dayOfWeek, dayOfWeekBounds),
  ] as const
  const wrong = parsed.find((field) => typeof field === 'string')
  if (typeof wrong === 'string') return `"${text}": ${wrong}`
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = parsed as readonly [Field, Field, Field, Field, Field]
  return {
    minutes: minutes.values,
    hours: hours.values,
    daysOfMonth: daysOfMonth.values,
    months: months.values,
    daysOfWeek: daysOfWeek.values,
    bothDaysMustMatch: daysOfMonth.star || daysOfWeek.star,
    ...(zoned?.[1] === undefined ? {} : { timezone: zoned[1] }),
  }
}

type Field = Readonly<{ values: ReadonlySet<number>; star: boolean }>

function parseField(text: string, bounds: Bounds): Field | string {
  const values = new Set<number>()
  let star = false
  for (const part of text.split(',').filter((one) => one !== '')) {
    const range = parseRange(part, bounds)
    if (typeof range === 'string') return range
    for (let value = range.start; value <= range.end; value += range.step) values.add(value)
    star ||= range.star
  }
  return { values, star }
}

type Range = Readonly<{ start: number; end: number; step: number; star: boolean }>

function parseRange(text: string, bounds: Bounds): Range | string {
  const [span = '', stepText, ...slashes] = text.split('/')
  const [low = '', high, ...hyphens] = span.split('-')
  const whole = low === '*' || low === '?'
  if (slashes.length > 0) return `${text} has more than one slash`
  if (!whole && hyphens.length > 0) return `${text} has more than one hyphen`
  const start = whole ? bounds.min : numberOrName(low, bounds)
  const step = stepText === undefined ? 1 : numberOrName(stepText, { ...bounds, names: [] })
  let end = whole ? bounds.max : numberOrName(high ?? low, bounds)
  if (start === undefined || end === undefined || step === undefined)
    return `${text} is no number${bounds.names.length > 0 ? ' or name' : ''}`
  if (stepText !== undefined && high === undefined) end = bounds.max
  if (start < bounds.min || end > bounds.max) return `${text} is outside ${bounds.min} to ${bounds.max}`
  if (start > end) return `${text} begins after it ends`
  if (step === 0) return `the step of ${text} must be above 0`
  return { start, end, step, star: whole && step === 1 }
}

function numberOrName(text: string, { min, names }: Bounds): number | undefined {
  const named = names.indexOf(text.toLowerCase())
  if (named >= 0) return named + min
  return /^\+?\d+$/.test(text) ? Number(text) : undefined
}
