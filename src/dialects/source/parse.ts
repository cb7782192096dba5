import { Composer, type Document, Parser, type YAMLError } from 'yaml'
import type { Origin } from '../../kernel/diagnostic.ts'
import { isNestedDeeper } from './nesting.ts'
import { findNode, NodeReader, rangeOf, scalarRanges } from './node-value.ts'
import { LineMap, type Place } from './place.ts'
import { clusterSchema } from './scalar-tags.ts'
import { guessSecretRanges, hasSecretHints } from './secret-guess.ts'
import type { ReadingDiagnostic, SourceDoc, SourceText } from './source-doc.ts'
import { blameOpener } from './syntax-blame.ts'
import { syntaxText } from './syntax-message.ts'

/** Characters (about bytes) of a model file; a larger one is a mistake. */
const MAX_SOURCE_LENGTH = 5_000_000

/** A text with its documents and what is wrong with the text itself. */
export interface ParsedText {
  readonly source: SourceText
  readonly diagnostics: readonly ReadingDiagnostic[]
}

/** What `parseText` says, for a text that was not read before. */
export function parseAnew(file: string, text: string): ParsedText {
  const refused = refuseText(file, text)
  if (refused !== undefined) return { source: { file, lines: new LineMap(''), docs: [], hidden: [] }, diagnostics: [refused] }
  const lines = new LineMap(text)
  const context: Context = { file, text, lines }
  const docs: SourceDoc[] = []
  const diagnostics: ReadingDiagnostic[] = []
  for (const [index, document] of parseDocuments(file, text).entries()) {
    const faults = readDocument(context, document, index, docs)
    diagnostics.push(...faults)
  }
  const broken = diagnostics.some((diagnostic) => diagnostic.severity === 'error')
  const hidden = broken && hasSecretHints(text) ? guessSecretRanges(text) : []
  return { source: { file, lines, docs, hidden }, diagnostics }
}

interface Context {
  readonly file: string
  readonly text: string
  readonly lines: LineMap
}

function refuseText(file: string, text: string): ReadingDiagnostic | undefined {
  const origin: Origin = { file, doc: 0, path: [] }
  if (text.length > MAX_SOURCE_LENGTH)
    return { code: 'MP1007', severity: 'error', message: `${file} is larger than 5 MB`, origin, hint: 'is this a model file?' }
  if (text.includes('\u0000') || text.includes('\ufffd'))
    return { code: 'MP1008', severity: 'error', message: `${file} is not UTF-8 text`, origin, hint: 'save the file as UTF-8' }
  return undefined
}

/** Levels that are composed: far more than are accepted, so that the place of the first one too many can be told. */
const COMPOSED_DEPTH = 1000

type ParsedDocument = Document.Parsed | { readonly tooDeep: true }

function parseDocuments(file: string, text: string): readonly ParsedDocument[] {
  // Tabs indent JSON files by right; inside JSON strings they cannot stand.
  const readable = file.endsWith('.json') || text.trimStart().startsWith('{') ? text.replaceAll('\t', ' ') : text
  const tokens = [...new Parser().parse(readable)]
  // What follows calls itself for each level, and an exhausted stack may end the process instead of throwing.
  if (tokens.some((token) => isNestedDeeper(token, COMPOSED_DEPTH))) return [{ tooDeep: true }]
  const composer = new Composer({ schema: clusterSchema, logLevel: 'silent', prettyErrors: false, uniqueKeys: false, version: '1.2' })
  return [...composer.compose(tokens)]
}

function readDocument(context: Context, document: ParsedDocument, index: number, docs: SourceDoc[]): ReadingDiagnostic[] {
  const origin: Origin = { file: context.file, doc: index, path: [] }
  if ('tooDeep' in document)
    return [{ code: 'MP1005', severity: 'error', message: 'values are nested too deeply', origin, place: context.lines.place(0, 1) }]
  const first = document.errors[0]
  if (first !== undefined) return [syntaxDiagnostic(context, first, origin)]
  const reader = new NodeReader()
  const value = reader.read(document.contents)
  const faults = reader.faults.map(({ range, ...fault }) => ({ ...fault, origin, place: context.lines.place(range[0], range[1]) }))
  const warnings = document.warnings.map((warning) => tagWarning(context, warning, origin))
  if (faults.length === 0 && value !== null && value !== undefined) docs.push(sourceDoc(context, document, { index, value, reader }))
  return [...faults, ...warnings]
}

function syntaxDiagnostic(context: Context, error: YAMLError, origin: Origin): ReadingDiagnostic {
  const { message, hint } = syntaxText(error.code)
  const [reported, end] = error.pos
  // Indentation is never what is wrong with itself: the first character after it is shown.
  const start =
    error.code === 'TAB_AS_INDENT' ? reported : reported + (/^ +(?=\S)/.exec(context.text.slice(reported, end + 200))?.[0].length ?? 0)
  const common = { code: 'MP1001', severity: 'error', origin } as const
  const blame = error.code === 'TAB_AS_INDENT' ? undefined : blameOpener(context.text, start)
  if (blame !== undefined) {
    const what = blame.opener === '[' || blame.opener === '{' ? 'bracket' : 'quote'
    const place = context.lines.place(blame.start, blame.end)
    return { ...common, message: `the ${what} ${blame.opener} that opens here is not closed where it should be`, place }
  }
  // A fault at the end of the text belongs to its last written line.
  const shown = start >= context.text.trimEnd().length ? Math.max(0, context.text.trimEnd().length - 1) : start
  const place = context.lines.place(shown, shown === start ? Math.max(end, start + 1) : shown + 1)
  return { ...common, message, place, ...(hint === undefined ? {} : { hint }) }
}

function tagWarning(context: Context, warning: YAMLError, origin: Origin): ReadingDiagnostic {
  const { message, hint } = syntaxText(warning.code)
  const place = context.lines.place(warning.pos[0], warning.pos[1])
  return { code: 'MP1013', severity: 'warning', message, origin, place, ...(hint === undefined ? {} : { hint }) }
}

function sourceDoc(
  context: Context,
  document: Document.Parsed,
  read: { readonly index: number; readonly value: unknown; readonly reader: NodeReader },
): SourceDoc {
  const locate = (path: Origin['path'], mark: 'key' | 'value' = 'value'): Place => {
    const found = findNode(document.contents, path, read.reader)
    const exact = found.depth === path.length
    const range = rangeOf(found.node)
    const key = rangeOf(found.key)
    // The value of a block stands on the lines below its key: the key is what people look for.
    const byKey = key !== undefined && exact && (mark === 'key' || range === undefined || startsLater(context, key[0], range[0]))
    const shown = byKey ? key : (range ?? key ?? [0, 0])
    return firstLine(context, shown)
  }
  return {
    file: context.file,
    index: read.index,
    value: read.value,
    locate,
    scalarsAt: (path) => {
      const found = findNode(document.contents, path, read.reader)
      if (found.depth !== path.length) return []
      const ranges = scalarRanges(found.node, read.reader).map((range) => withProperties(context.text, range))
      return ranges.filter(([start, end]) => end > start)
    },
  }
}

function startsLater(context: Context, key: number, value: number): boolean {
  return context.text.slice(key, value).includes('\n')
}

/** A value that begins with `&` or `!` was read as an anchor or a tag, which stand before the range of their node. */
function withProperties(text: string, [start, end]: readonly [number, number]): readonly [number, number] {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  const properties = /(?<=^|[\s:,[{-])(?:[&!]\S*\s*)+$/.exec(line)?.[0].length ?? 0
  return [start - properties, Math.max(end, start - properties + line.slice(line.length - properties).trimEnd().length)]
}

/** The part of a range on its first line: markers never span lines. */
function firstLine(context: Context, [start, end]: readonly [number, number]): Place {
  const newline = context.text.indexOf('\n', start)
  const stop = newline < 0 ? end : Math.min(end, newline)
  const trimmed = context.text.slice(start, stop).trimEnd().length
  return context.lines.place(start, start + Math.max(1, trimmed))
}
