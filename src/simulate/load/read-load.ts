import type { LocatedDiagnostic, SourceFiles } from '../../dialects/loading.ts'
import { parseText } from '../../dialects/source/parse-text.ts'
import { displayPath, resolvePath } from '../../dialects/source/paths.ts'
import type { ReadingDiagnostic } from '../../dialects/source/source-doc.ts'
import { Sources } from '../../dialects/source/sources.ts'
import { isRecord } from '../../dialects/source/wording.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import { LoadFields } from './load-fields.ts'
import type { ComponentLoad, LoadPlan } from './load-types.ts'
import { readComponentLoad } from './read-component.ts'
import { instantOf, readTrace } from './read-trace.ts'
import { isRecording, type RecordedLoad, readRecording } from './recorded-load.ts'
import type { CronTimes, TraceRow } from './shapes.ts'

export interface LoadFileRequest {
  /** Absolute. */
  readonly path: string
  /** Paths are shown from here. */
  readonly directory: string
  /** Names of all components. */
  readonly components: readonly string[]
  readonly cron: (schedule: string, timezone: string) => CronTimes | undefined
}

export interface LoadFileResult {
  readonly plan?: LoadPlan
  /** Present when the file is a recording. */
  readonly recorded?: RecordedLoad
  readonly shown: readonly LocatedDiagnostic[]
}

/** Reads a load file (YAML or JSON) with the traces that it names, or a recording. Whatever is wrong comes back with file, line and column. */
export async function readLoadFile(request: LoadFileRequest, files: SourceFiles): Promise<LoadFileResult> {
  const shownPath = displayPath(request.directory, request.path)
  const text = await files.readText(request.path)
  if (text === undefined)
    return {
      shown: [{ code: 'MP7506', severity: 'error', message: `there is no file ${request.path}`, hint: 'check the path after --load' }],
    }
  if (isRecording(text)) return readAsRecording(text, shownPath, request)
  const { source, diagnostics: reading } = parseText(shownPath, text)
  const sources = new Sources()
  sources.add(source)
  const diagnostics: ReadingDiagnostic[] = [...reading]
  const [doc] = source.docs
  const traces = await readTraces(request, files, doc?.value)
  const origin = { file: shownPath, doc: 0, path: [] }
  const root = reading.some(({ severity }) => severity === 'error') ? undefined : LoadFields.of(doc?.value, origin, diagnostics)
  const plan = root === undefined ? undefined : readPlan(root, request, { diagnostics, traces })
  const failed = diagnostics.some(({ severity }) => severity === 'error')
  return { shown: sources.show(diagnostics), ...(failed || plan === undefined ? {} : { plan }) }
}

function readAsRecording(text: string, file: string, { components }: LoadFileRequest): LoadFileResult {
  const recorded = readRecording(text)
  if ('fault' in recorded) {
    const { line, message } = recorded.fault
    return { shown: [{ code: 'MP7503', severity: 'error', message: `${file}:${line}:1: ${message}` }] }
  }
  const unknown = recorded.header.components.map(({ name }) => name).filter((name) => !components.includes(name))
  const shown = unknown.map((name): LocatedDiagnostic => {
    const hint = 'it is left out: give the model that was recorded'
    return { code: 'MP7504', severity: 'warning', message: `${file} has a component "${name}" that the model does not have`, hint }
  })
  return { plan: recorded.plan, recorded, shown }
}

interface Reading {
  readonly diagnostics: ReadingDiagnostic[]
  readonly traces: ReadonlyMap<string, TraceText>
}

type TraceText = { readonly shown: string; readonly text: string | undefined }

function readPlan(root: LoadFields, request: LoadFileRequest, { diagnostics, traces }: Reading): LoadPlan {
  const seed = root.whole('seed', 0)
  const start = root.text('start')
  const startMs = start === undefined ? undefined : instantOf(start)
  if (start !== undefined && startMs === undefined) root.wrong('start', '"start" must be a date', 'write 2026-01-05T00:00:00Z')
  const tools = {
    diagnostics,
    cron: request.cron,
    trace: (path: string, origin: LoadFields['origin']): readonly TraceRow[] | undefined => {
      const found = traces.get(path)
      if (found?.text === undefined) {
        diagnostics.push({ code: 'MP7506', severity: 'error', message: `there is no file ${found?.shown ?? path}`, origin })
        return undefined
      }
      const read = readTrace(found.text)
      if ('rows' in read) return read.rows
      const { line, column, message } = read.fault
      diagnostics.push({ code: 'MP7503', severity: 'error', message: `${found.shown}:${line}:${column}: ${message}`, origin })
      return undefined
    },
  }
  const components = new Map<string, ComponentLoad>()
  const named = root.fields('components')
  root.need(named, 'components')
  for (const name of named?.keys ?? []) {
    const fields = named?.fields(name)
    if (fields === undefined) continue
    if (name !== '*' && !request.components.includes(name))
      diagnostics.push({
        ...{ code: 'MP7504', severity: 'error', message: `there is no component "${name}"`, origin: fields.origin, mark: 'key' },
        hint: didYouMean(name, request.components) ?? `there are: ${request.components.join(', ')}, or * for all others`,
      })
    components.set(name, readComponentLoad(fields, tools))
  }
  root.close()
  return { ...(seed === undefined ? {} : { seed }), ...(startMs === undefined ? {} : { startMs }), components }
}

/** The texts of all files that the value names as traces, by the path as written. */
async function readTraces(request: LoadFileRequest, files: SourceFiles, value: unknown): Promise<ReadonlyMap<string, TraceText>> {
  const directory = request.path.slice(0, Math.max(1, request.path.lastIndexOf('/')))
  const found = new Map<string, TraceText>()
  for (const path of tracePaths(value)) {
    const absolute = resolvePath(directory, path)
    found.set(path, { shown: displayPath(request.directory, absolute), text: await files.readText(absolute) })
  }
  return found
}

function tracePaths(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(tracePaths)
  if (!isRecord(value)) return []
  const own = isRecord(value.trace) && typeof value.trace.file === 'string' ? [value.trace.file] : []
  return [...own, ...Object.values(value).flatMap(tracePaths)]
}
