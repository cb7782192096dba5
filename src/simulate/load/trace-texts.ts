import type { SourceFiles } from '../../dialects/loading.ts'
import { displayPath, resolvePath } from '../../dialects/source/paths.ts'
import { isRecord } from '../../dialects/source/wording.ts'
import type { Diagnostic, Origin } from '../../kernel/diagnostic.ts'
import { readTrace } from './read-trace.ts'
import type { TraceRow } from './shapes.ts'

export interface TraceText {
  /** How the path is shown. */
  readonly shown: string
  /** Undefined when there is no such file. */
  readonly text: string | undefined
}

/** The texts of all files that a load file names as traces, by the path as written; paths start at the directory of the load file. */
export async function readTraceTexts(
  request: { readonly path: string; readonly directory: string },
  files: SourceFiles,
  value: unknown,
): Promise<ReadonlyMap<string, TraceText>> {
  const directory = request.path.slice(0, Math.max(1, request.path.lastIndexOf('/')))
  const found = new Map<string, TraceText>()
  for (const path of tracePaths(value)) {
    const absolute = resolvePath(directory, path)
    found.set(path, { shown: displayPath(request.directory, absolute), text: await files.readText(absolute) })
  }
  return found
}

/** Reads the rows of one of them; undefined, with a diagnostic, when they cannot be read. */
export function traceReader(traces: ReadonlyMap<string, TraceText>, diagnostics: Diagnostic[]) {
  return (path: string, origin: Origin): readonly TraceRow[] | undefined => {
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
  }
}

function tracePaths(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(tracePaths)
  if (!isRecord(value)) return []
  const own = isRecord(value.trace) && typeof value.trace.file === 'string' ? [value.trace.file] : []
  return [...own, ...Object.values(value).flatMap(tracePaths)]
}
