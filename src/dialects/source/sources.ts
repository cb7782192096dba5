import type { Diagnostic, Origin } from '../../kernel/diagnostic.ts'
import type { LocatedDiagnostic } from '../loading.ts'
import { renderExcerpt } from './excerpt.ts'
import { narrowOrigin } from './narrow.ts'
import type { Place } from './place.ts'
import type { ReadingDiagnostic, SourceDoc, SourceText } from './source-doc.ts'

const SEVERITY_ORDER = { error: 0, warning: 1, note: 2 } as const

/** The texts that one load has read: turns origins into places, and never shows what was marked as secret. */
export class Sources {
  readonly #texts = new Map<string, SourceText>()
  readonly #secrets = new Map<string, (readonly [number, number])[]>()

  add(source: SourceText): void {
    this.#texts.set(source.file, source)
  }

  /** All scalars at or below the origin are hidden in excerpts. */
  hide(origin: Origin): void {
    const ranges = this.#doc(origin)?.scalarsAt(origin.path) ?? []
    this.#secrets.set(origin.file, [...(this.#secrets.get(origin.file) ?? []), ...ranges])
  }

  place(origin: Origin, mark?: 'key' | 'value'): Place | undefined {
    return this.#doc(origin)?.locate(origin.path, mark)
  }

  /** The place of a text inside a place; the place itself when the text is not written there. */
  narrow(origin: Origin, text: string, keys: readonly string[]): Origin {
    const doc = this.#doc(origin)
    return doc === undefined ? origin : narrowOrigin(doc.value, origin, text, keys)
  }

  /** The diagnostic with line, column and excerpt, as far as its text is known. */
  locate(diagnostic: ReadingDiagnostic): LocatedDiagnostic {
    const { place: given, related, ...rest } = diagnostic
    const located: LocatedDiagnostic = related === undefined ? rest : { ...rest, related: related.map((entry) => this.#relate(entry)) }
    const { origin } = diagnostic
    const place = given ?? (origin === undefined ? undefined : this.place(origin, diagnostic.mark))
    if (origin === undefined || place === undefined) return located
    const text = this.#texts.get(origin.file)
    const excerpt = text === undefined || text.lines.lineCount < place.line ? undefined : this.#excerpt(text, place)
    return { ...located, line: place.line, column: place.column, ...(excerpt === undefined ? {} : { excerpt }) }
  }

  /** Located, without repetitions, errors first, then as the places stand in the files. */
  show(diagnostics: readonly ReadingDiagnostic[]): LocatedDiagnostic[] {
    const files = [...this.#texts.keys()]
    const seen = new Set<string>()
    const located = diagnostics.map((diagnostic) => this.locate(diagnostic))
    const distinct = located.filter((entry) => {
      const key = JSON.stringify([entry.code, entry.message, entry.origin?.file, entry.line, entry.column])
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
    const order = (entry: LocatedDiagnostic): readonly number[] => [
      SEVERITY_ORDER[entry.severity],
      entry.origin === undefined ? -1 : files.indexOf(entry.origin.file),
      entry.line ?? 0,
      entry.column ?? 0,
    ]
    return explainMissingFirst(distinct.sort((left, right) => compare(order(left), order(right))))
  }

  #relate(entry: NonNullable<Diagnostic['related']>[number]): NonNullable<LocatedDiagnostic['related']>[number] {
    const place = this.place(entry.origin)
    return place === undefined ? entry : { ...entry, line: place.line, column: place.column }
  }

  #excerpt(text: SourceText, place: Place): string {
    return renderExcerpt(text, place, this.#secrets.get(text.file) ?? [])
  }

  #doc(origin: Origin): SourceDoc | undefined {
    return this.#texts.get(origin.file)?.docs.find((doc) => doc.index === origin.doc)
  }
}

/** A misspelled key comes before the error that the right key is missing: it is the cause. */
function explainMissingFirst(sorted: readonly LocatedDiagnostic[]): LocatedDiagnostic[] {
  const result = [...sorted]
  for (const [index, entry] of sorted.entries()) {
    const meant = entry.severity === 'warning' ? /^did you mean "([^"]+)"\?$/.exec(entry.hint ?? '')?.[1] : undefined
    if (meant === undefined) continue
    const effect = sorted.find(
      (other, at) =>
        at < index &&
        other.severity === 'error' &&
        other.message.startsWith(`"${meant}" is missing`) &&
        isParent(other.origin, entry.origin),
    )
    if (effect === undefined) continue
    result.splice(result.indexOf(entry), 1)
    result.splice(result.indexOf(effect), 0, entry)
  }
  return result
}

function isParent(parent: Origin | undefined, child: Origin | undefined): boolean {
  if (parent === undefined || child === undefined || parent.file !== child.file || parent.doc !== child.doc) return false
  return JSON.stringify(parent.path) === JSON.stringify(child.path.slice(0, -1))
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) {
    const difference = value - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
