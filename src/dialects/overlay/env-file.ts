import type { Origin } from '../../kernel/diagnostic.ts'
import { LineMap, type Place } from '../source/place.ts'
import type { ReadingDiagnostic, SourceDoc, SourceText } from '../source/source-doc.ts'

export interface EnvEntry {
  readonly name: string
  readonly value: string
  readonly origin: Origin
}

export interface EnvFile {
  readonly entries: readonly EnvEntry[]
  readonly source: SourceText
  readonly diagnostics: readonly ReadingDiagnostic[]
}

interface Raw {
  readonly name: string
  readonly value: string
  readonly start: number
  readonly end: number
}

/**
 * Reads `NAME=value` lines: `export`, comments, single quotes (as they are), double quotes (escapes, several lines).
 * Everything after a `=` counts as secret.
 */
export function parseEnvFile(file: string, text: string): EnvFile {
  const lines = new LineMap(text)
  const found: Raw[] = []
  const diagnostics: ReadingDiagnostic[] = []
  let at = text.startsWith('\ufeff') ? 1 : 0
  while (at < text.length) {
    const lineEnd = endOfLine(text, at)
    const line = text.slice(at, lineEnd)
    const head = /^[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_][\w.]*)[^\S\n]*=[^\S\n]*/.exec(line)
    if (head === null) {
      if (!/^\s*(?:#.*)?$/.test(line)) diagnostics.push(malformedLine(file, lines.place(at, at + Math.max(1, line.search(/[=\s]|$/)))))
      at = lineEnd + 1
      continue
    }
    const start = at + head[0].length
    const read = readValue(text, start, lineEnd)
    if (read === undefined) {
      diagnostics.push(openQuote(file, lines.place(start, start + 1)))
      break
    }
    found.push({ name: head[1] ?? '', value: read.value, start, end: read.end })
    at = endOfLine(text, read.end) + 1
  }
  const doc = docOf(file, lines, found)
  const broken = diagnostics.length > 0
  const hidden: (readonly [number, number])[] = broken ? afterSigns(text) : found.map(({ start, end }) => [start, end])
  const entries = found.map(({ name, value }) => ({ name, value, origin: { file, doc: 0, path: [name] } }))
  return { entries, source: { file, lines, docs: [doc], hidden }, diagnostics }
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from)
  return newline < 0 ? text.length : newline
}

function readValue(text: string, start: number, lineEnd: number): { readonly value: string; readonly end: number } | undefined {
  const quote = text[start]
  if (quote !== '"' && quote !== "'") {
    const value = text
      .slice(start, lineEnd)
      .replace(/(?:^|\s+)#.*$/, '')
      .trimEnd()
    return { value, end: start + value.length }
  }
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === quote) return { value, end: at + 1 }
    if (character === '\\' && quote === '"') {
      at++
      value += unescaped(text[at] ?? '')
    } else value += character
  }
  return undefined
}

function unescaped(character: string): string {
  if (character === 'n') return '\n'
  if (character === 'r') return '\r'
  if (character === 't') return '\t'
  return character === '"' || character === '\\' || character === '$' ? character : `\\${character}`
}

function docOf(file: string, lines: LineMap, found: readonly Raw[]): SourceDoc {
  const rangeOf = (path: Origin['path']): Raw | undefined => found.findLast(({ name }) => name === path[0])
  return {
    file,
    index: 0,
    value: Object.fromEntries(found.map(({ name }) => [name, ''])),
    locate: (path): Place => {
      const entry = rangeOf(path)
      if (entry === undefined) return lines.place(0, 1)
      const line = lines.place(entry.start, entry.start).line
      const start = lines.startOf(line) + lines.textOf(line).indexOf(entry.name)
      return lines.place(start, start + entry.name.length)
    },
    scalarsAt: (path) => {
      const entry = rangeOf(path)
      return entry === undefined ? [] : [[entry.start, entry.end]]
    },
  }
}

/** In a broken file, everything but names is hidden: a value may go on over lines. */
function afterSigns(text: string): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = []
  let start = 0
  for (const line of text.split('\n')) {
    const head = /^\s*(?:export\s+)?[A-Za-z_][\w.]*\s*=/.exec(line)?.[0].length ?? 0
    if (line.length > head) ranges.push([start + head, start + line.length])
    start += line.length + 1
  }
  return ranges
}

function malformedLine(file: string, place: Place): ReadingDiagnostic {
  const origin = { file, doc: 0, path: [] }
  return { code: 'MP1055', severity: 'error', message: 'this line is not NAME=value', origin, place, hint: 'start comments with #' }
}

function openQuote(file: string, place: Place): ReadingDiagnostic {
  const origin = { file, doc: 0, path: [] }
  return { code: 'MP1055', severity: 'error', message: 'the quote that opens here is never closed', origin, place }
}
