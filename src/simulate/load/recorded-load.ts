import { isRecord } from '../../dialects/source/wording.ts'
import { isTraceHeader, type TraceComponent, type TraceHeader, type TraceLine } from '../../wire/trace.ts'
import type { ComponentLoad, LoadPlan, LoadShape, Spread } from './load-types.ts'
import type { RatePiece } from './rate-curve.ts'
import { type TraceRow, traceShape } from './shapes.ts'

/** A recording as a load, and how the live run went. */
export interface RecordedLoad {
  readonly header: TraceHeader
  readonly plan: LoadPlan
  /** Replica changes of the live run, by component. */
  readonly changes: ReadonlyMap<string, readonly Extract<TraceLine, { kind: 'replicas' }>[]>
  /** Milliseconds after the start at which the recording ends. */
  readonly endMs: number
}

/** Where a recording cannot be read. */
export interface RecordingFault {
  readonly line: number
  readonly message: string
}

/** Whether a text begins as a recording does. */
export function isRecording(text: string): boolean {
  return isTraceHeader(parseLine(text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'))))
}

/**
 * The load of a recording: arrivals come evenly within their interval, service time and start delay are the means that were measured, and readings
 * of triggers that something outside answers are played back as they were.
 */
export function readRecording(text: string): RecordedLoad | { readonly fault: RecordingFault } {
  const rows = text.split('\n')
  const header = parseLine(rows[0] ?? '')
  if (!isTraceHeader(header)) return { fault: { line: 1, message: 'this is not the header of a recording' } }
  const lines: TraceLine[] = []
  for (const [index, row] of rows.entries()) {
    if (index === 0 || row.trim() === '') continue
    const line = parseLine(row)
    if (!isTraceLine(line)) return { fault: { line: index + 1, message: 'this is not a line of a recording' } }
    if (line.t < (lines.at(-1)?.t ?? 0)) return { fault: { line: index + 1, message: 'lines must come in order of time' } }
    lines.push(line)
  }
  const names = header.components.map(({ name }) => name)
  const of = (name: string): readonly TraceLine[] => lines.filter(({ component }) => component === name)
  const changesOf = (name: string) => of(name).filter((line) => line.kind === 'replicas')
  return {
    header,
    plan: {
      startMs: header.startedAt,
      components: new Map(header.components.map((component) => [component.name, loadOf(of(component.name), header, component)])),
    },
    changes: new Map(names.map((name) => [name, changesOf(name)])),
    endMs: lines.at(-1)?.t ?? 0,
  }
}

function loadOf(lines: readonly TraceLine[], { everyMs }: TraceHeader, { pollInMs, syncInMs }: TraceComponent): ComponentLoad {
  const loads = lines.filter((line) => line.kind === 'load')
  const rows = loads.map(({ t, arrivals }): TraceRow => ({ at: (t - everyMs) / 1000, lasts: everyMs / 1000, count: arrivals }))
  const [took, ended] = [loads.reduce((sum, { serviceMs }) => sum + serviceMs, 0), loads.reduce((sum, line) => sum + line.ended, 0)]
  const delays = lines.filter((line) => line.kind === 'start').map(({ delayMs }) => delayMs)
  const mean = (ms: number): Spread => ({ kind: 'constant', seconds: Math.max(0.001, ms / 1000) })
  const triggers = [...new Set(loads.flatMap(({ readings = {} }) => Object.keys(readings)))]
  return {
    load: rows.length === 0 ? [] : [{ kind: 'trace', arrivals: 'even', pieces: traceShape(rows) }],
    queues: [],
    begins: {
      ...(pollInMs === undefined ? {} : { pollSeconds: pollInMs / 1000 }),
      ...(syncInMs === undefined ? {} : { syncSeconds: syncInMs / 1000 }),
    },
    readings: new Map(triggers.map((name) => [name, [valuesOf(loads, name)]])),
    ...(ended > 0 ? { serviceTime: mean(took / ended) } : {}),
    ...(delays.length > 0 ? { startDelay: mean(delays.reduce((sum, delay) => sum + delay, 0) / delays.length) } : {}),
  }
}

/** A value holds until the next one was read. */
function valuesOf(loads: readonly Extract<TraceLine, { kind: 'load' }>[], name: string): LoadShape {
  const seen = loads.flatMap(({ t, readings }) => (readings?.[name] === undefined ? [] : [{ at: t / 1000, value: readings[name] }]))
  return {
    kind: 'trace',
    arrivals: 'even',
    pieces: ({ seconds }) =>
      seen.map(
        ({ at, value }, index): RatePiece => ({
          startSeconds: at,
          endSeconds: seen[index + 1]?.at ?? Math.max(at, seconds),
          from: value,
          to: value,
        }),
      ),
  }
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: not a line of a recording, which the caller says.
    return undefined
  }
}

function isTraceLine(value: unknown): value is TraceLine {
  if (!isRecord(value) || typeof value.t !== 'number' || typeof value.component !== 'string') return false
  if (value.kind === 'load')
    return typeof value.arrivals === 'number' && typeof value.serviceMs === 'number' && typeof value.ended === 'number'
  if (value.kind === 'replicas') return typeof value.from === 'number' && typeof value.to === 'number'
  return value.kind === 'start' && typeof value.delayMs === 'number'
}
