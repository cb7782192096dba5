import type { Diagnostic, Origin } from '../../kernel/diagnostic.ts'
import { LoadFields } from './load-fields.ts'
import type { LoadShape } from './load-types.ts'
import type { CronTimes } from './shapes.ts'
import { constantShape, cronShape, diurnalShape, rampShape, spikeShape, stepsShape, type TraceRow, traceShape } from './shapes.ts'

const KINDS = ['constant', 'ramp', 'spike', 'diurnal', 'steps', 'poisson', 'trace', 'cron'] as const
type Kind = (typeof KINDS)[number]

export interface ShapeTools {
  readonly diagnostics: Diagnostic[]
  /** Rows of a trace beside the load file; undefined, with a diagnostic, when there is none. */
  readonly trace: (path: string, origin: Origin) => readonly TraceRow[] | undefined
  /** Times of a schedule; undefined when it is none. */
  readonly cron: (schedule: string, timezone: string) => CronTimes | undefined
}

/** One entry of a load: `{ ramp: { from, to, at, for } }`, with `arrivals: poisson` for events by chance. */
export function readShape(value: unknown, origin: Origin, tools: ShapeTools): LoadShape | undefined {
  const entry = LoadFields.of(value, origin, tools.diagnostics)
  if (entry === undefined) return undefined
  const kinds = KINDS.filter((kind) => entry.has(kind))
  const [kind] = kinds
  const arrivals = entry.choice('arrivals', ['even', 'poisson'])
  entry.close()
  if (kind === undefined || kinds.length > 1) {
    if (entry.keys.every((key) => entry.has(key)))
      entry.wrong(kinds[1] ?? 'arrivals', `an entry of a load has one shape: ${KINDS.join(', ')}`)
    return undefined
  }
  const pieces = piecesOf(kind, entry, tools)
  return pieces === undefined ? undefined : { kind, arrivals: arrivals ?? (kind === 'poisson' ? 'poisson' : 'even'), pieces }
}

function piecesOf(kind: Kind, entry: LoadFields, tools: ShapeTools): LoadShape['pieces'] | undefined {
  if (kind === 'steps') return readSteps(entry, tools)
  // A shape that is only a rate may be written so.
  if ((kind === 'constant' || kind === 'poisson') && typeof entry.raw(kind) !== 'object') {
    const rate = entry.rate(kind)
    return rate === undefined ? undefined : constantShape(rate, { from: 0 })
  }
  const fields = entry.fields(kind)
  if (fields === undefined) return undefined
  const pieces = READERS[kind](fields, tools)
  fields.close()
  return pieces
}

const READERS: Readonly<Record<Exclude<Kind, 'steps'>, (fields: LoadFields, tools: ShapeTools) => LoadShape['pieces'] | undefined>> = {
  constant: readConstant,
  poisson: readConstant,
  ramp: (fields) => {
    const [from, to] = [fields.need(fields.rate('from'), 'from'), fields.need(fields.rate('to'), 'to')]
    const [at, lasts] = [fields.duration('at') ?? 0, fields.need(fields.duration('for'), 'for')]
    return from === undefined || to === undefined || lasts === undefined ? undefined : rampShape({ from, to, at, lasts })
  },
  spike: (fields) => {
    const [rate, lasts] = [fields.need(fields.rate('rate'), 'rate'), fields.need(fields.duration('for'), 'for')]
    const [at, every] = [fields.duration('at') ?? 0, fields.duration('every')]
    if (every !== undefined && lasts !== undefined && every < lasts) fields.wrong('every', '"every" must not be shorter than "for"')
    else if (rate !== undefined && lasts !== undefined) return spikeShape({ rate, at, lasts, ...(every === undefined ? {} : { every }) })
    return undefined
  },
  diurnal: (fields) => {
    const [low, high] = [fields.rate('low') ?? 0, fields.need(fields.rate('high'), 'high')]
    const [peak, period] = [fields.duration('peak') ?? 14 * 3600, fields.duration('period') ?? 86_400]
    if (period <= 0) fields.wrong('period', '"period" must be longer than 0')
    return high === undefined || period <= 0 ? undefined : diurnalShape({ low, high, peak, period })
  },
  trace: (fields, tools) => {
    const path = fields.need(fields.text('file'), 'file')
    const rows = path === undefined ? undefined : tools.trace(path, fields.at('file'))
    return rows === undefined ? undefined : traceShape(rows)
  },
  cron: (fields, tools) => {
    const [rate, lasts] = [fields.need(fields.rate('rate'), 'rate'), fields.need(fields.duration('for'), 'for')]
    const schedule = fields.need(fields.text('schedule'), 'schedule')
    const timezone = fields.text('timezone') ?? 'UTC'
    const times = schedule === undefined ? undefined : tools.cron(schedule, timezone)
    if (schedule !== undefined && times === undefined)
      fields.wrong(
        'schedule',
        `"${schedule}" in ${timezone} is no schedule`,
        "write five fields, such as '0 9 * * 1-5', and an IANA time zone",
      )
    return rate === undefined || lasts === undefined || times === undefined ? undefined : cronShape({ rate, lasts, times })
  },
}

function readConstant(fields: LoadFields): LoadShape['pieces'] | undefined {
  const rate = fields.need(fields.rate('rate'), 'rate')
  const from = fields.duration('at') ?? 0
  const lasts = fields.duration('for')
  return rate === undefined ? undefined : constantShape(rate, lasts === undefined ? { from } : { from, until: from + lasts })
}

function readSteps(entry: LoadFields, { diagnostics }: ShapeTools): LoadShape['pieces'] | undefined {
  const steps = entry.list('steps').map(({ value, origin }) => {
    const fields = LoadFields.of(value, origin, diagnostics)
    const [at, rate] = [fields?.need(fields.duration('at'), 'at'), fields?.need(fields.rate('rate'), 'rate')]
    fields?.close()
    return at === undefined || rate === undefined ? undefined : { at, rate }
  })
  const read = steps.filter((step) => step !== undefined)
  for (const [index, step] of read.entries())
    if (index > 0 && step.at <= (read[index - 1]?.at ?? 0)) {
      entry.wrong('steps', 'steps must come in order of "at"')
      return undefined
    }
  return read.length < steps.length ? undefined : stepsShape(read)
}
