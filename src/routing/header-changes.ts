import type { HeaderChanges, HeaderField } from '../model/route-behaviour.ts'

/** Changes of a header, ready to be applied: first whatever is replaced or removed goes, then the new fields follow. */
export interface FieldEdit {
  /** In lower case. */
  readonly dropped: readonly string[]
  readonly added: readonly HeaderField[]
}

/** Undefined where nothing changes. */
export function fieldEdit(changes: HeaderChanges | undefined): FieldEdit | undefined {
  if (changes === undefined) return undefined
  const { set = [], add = [], remove = [] } = changes
  if (set.length + add.length + remove.length === 0) return undefined
  const dropped = new Set([...remove, ...set.map(({ name }) => name)].map((name) => name.toLowerCase()))
  return { dropped: [...dropped], added: [...set, ...add] }
}
