import { type Origin, within } from '../../kernel/diagnostic.ts'
import { isRecord } from './wording.ts'

/** The place of a text somewhere inside a place, under one of the keys when there are several; the place itself when it is not there. */
export type Narrow = (origin: Origin, text: string, keys: readonly string[]) => Origin

/** Narrows within a document's value. */
export function narrowOrigin(root: unknown, origin: Origin, text: string, keys: readonly string[]): Origin {
  const start = origin.path.reduce<unknown>((node, step) => (isIndexable(node) ? node[step] : undefined), root)
  const found = search(start, text, [])
  const best = found.find((path) => keys.includes(String(path.findLast((step) => typeof step === 'string')))) ?? found[0]
  return best === undefined ? origin : within(origin, ...best)
}

type Path = readonly (string | number)[]

function search(value: unknown, text: string, path: Path): Path[] {
  if (value === text) return [path]
  if (Array.isArray(value)) return value.flatMap((item, index) => search(item, text, [...path, index]))
  if (isRecord(value)) return Object.entries(value).flatMap(([key, item]) => search(item, text, [...path, key]))
  return []
}

function isIndexable(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === 'object' && value !== null
}
