import type { Diagnostic, Origin } from '../../kernel/diagnostic.ts'
import type { LineMap, Place } from './place.ts'

/** One document of a file: its plain value and the way back to positions. */
export interface SourceDoc {
  readonly file: string
  readonly index: number
  readonly value: unknown
  /** The place of a path; of the nearest enclosing node when the path is absent, so that "missing field" also points somewhere. */
  locate(path: Origin['path'], mark?: 'key' | 'value'): Place
  /** Offsets in the file's text of all scalar values at or below a path. */
  scalarsAt(path: Origin['path']): readonly (readonly [start: number, end: number])[]
}

/** A text that was read, with its documents. */
export interface SourceText {
  /** As shown to the user, and as used in origins. */
  readonly file: string
  readonly lines: LineMap
  readonly docs: readonly SourceDoc[]
  /** Offsets of the text that excerpts must never show. */
  readonly hidden: readonly (readonly [start: number, end: number])[]
}

/** A diagnostic about the text itself, where no path leads. */
export interface ReadingDiagnostic extends Diagnostic {
  readonly place?: Place
}

export function rootOrigin(doc: SourceDoc): Origin {
  return { file: doc.file, doc: doc.index, path: [] }
}
