/** A stable code such as `MP1001`; the catalogue has one entry for each. */
export type Code = `MP${number}`

/** Where something was written. Serialisable; turned into line and column only when shown. */
export interface Origin {
  readonly file: string
  /** Index of the document inside a multi-document file, from 0. */
  readonly doc: number
  /** Path of keys and indices as in the user's file (never a canonicalised path). */
  readonly path: readonly (string | number)[]
}

export type Severity = 'error' | 'warning' | 'note'

/** Something the user should know about what they wrote: a value, never thrown. */
export interface Diagnostic {
  readonly code: Code
  readonly severity: Severity
  readonly message: string
  readonly origin?: Origin
  /** Mark the key of the origin's last path element instead of its value. */
  readonly mark?: 'key' | 'value'
  readonly related?: readonly { readonly message: string; readonly origin: Origin }[]
  readonly hint?: string
}

/** The origin of something inside another origin. */
export function within(origin: Origin, ...path: readonly (string | number)[]): Origin {
  return { file: origin.file, doc: origin.doc, path: [...origin.path, ...path] }
}
