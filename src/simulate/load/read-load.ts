import type { LocatedDiagnostic, SourceFiles } from '../../dialects/loading.ts'
import { parseText } from '../../dialects/source/parse-text.ts'
import { displayPath } from '../../dialects/source/paths.ts'
import type { ReadingDiagnostic } from '../../dialects/source/source-doc.ts'
import { Sources } from '../../dialects/source/sources.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import { LoadFields } from './load-fields.ts'
import type { ComponentLoad, LoadPlan } from './load-types.ts'
import { readComponentLoad } from './read-component.ts'
import { isRecording, type RecordedLoad, readRecording } from './recorded-load.ts'
import type { CronTimes } from './shapes.ts'
import { readTraceTexts, type TraceText, traceReader } from './trace-texts.ts'

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
  const traces = await readTraceTexts(request, files, doc?.value)
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

function readPlan(root: LoadFields, request: LoadFileRequest, { diagnostics, traces }: Reading): LoadPlan {
  const seed = root.whole('seed', 0)
  const startMs = root.date('start')
  const tools = {
    diagnostics,
    cron: request.cron,
    trace: traceReader(traces, diagnostics),
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
