import type { Place } from './place.ts'
import type { SourceText } from './source-doc.ts'

const CONTEXT_LINES = 2
const MASK = '‹hidden›'

/**
 * The lines around a place with a marker under it:
 *
 *     40 |     depends_on:
 *     41 |       - catalogue
 *        |         ^^^^^^^^^
 *
 * Ranges to hide are replaced by a mark, wherever they stand.
 */
export function renderExcerpt(source: SourceText, place: Place, secrets: readonly (readonly [number, number])[]): string {
  const hidden = [...source.hidden, ...secrets]
  const first = Math.max(1, place.line - CONTEXT_LINES)
  const width = String(place.line).length
  const rows: string[] = []
  for (let line = first; line <= place.line; line++) {
    rows.push(`${String(line).padStart(width)} | ${maskLine(source, line, hidden).text}`.trimEnd())
  }
  const marker = markerOf(source, place, hidden)
  rows.push(`${' '.repeat(width)} | ${marker.indent}${'^'.repeat(marker.length)}`)
  return rows.join('\n')
}

interface Masked {
  readonly text: string
  /** Column (from 0) of the masked text for a column of the original. */
  readonly column: (original: number) => number
}

function maskLine(source: SourceText, line: number, hidden: readonly (readonly [number, number])[]): Masked {
  const text = source.lines.textOf(line)
  const start = source.lines.startOf(line)
  const cuts = hidden
    .map(([from, to]) => [Math.max(0, from - start), Math.min(text.length, to - start)] as const)
    .filter(([from, to]) => from < to)
    .sort((left, right) => left[0] - right[0])
  let shown = ''
  let at = 0
  const moved: { from: number; to: number; shown: number }[] = []
  for (const [from, to] of cuts) {
    if (to <= at) continue
    const begin = Math.max(at, from)
    // Indentation is not secret, and keeps the shape of block texts.
    const indent = text.slice(begin, to).length - text.slice(begin, to).trimStart().length
    shown += text.slice(at, begin + indent)
    moved.push({ from: begin + indent, to, shown: shown.length })
    shown += MASK
    at = to
  }
  shown += text.slice(at)
  const column = (original: number): number => {
    let shift = 0
    for (const cut of moved) {
      if (original >= cut.to) shift = cut.shown + MASK.length - cut.to
      else if (original >= cut.from) return cut.shown
    }
    return original + shift
  }
  return { text: shown, column }
}

function markerOf(
  source: SourceText,
  place: Place,
  hidden: readonly (readonly [number, number])[],
): { readonly indent: string; readonly length: number } {
  const masked = maskLine(source, place.line, hidden)
  const end = place.endLine > place.line ? source.lines.textOf(place.line).length : place.endColumn - 1
  const from = masked.column(place.column - 1)
  const to = masked.column(Math.max(end, place.column - 1))
  return { indent: masked.text.slice(0, from).padEnd(from).replaceAll(/[^\t]/g, ' '), length: Math.max(1, to - from) }
}
