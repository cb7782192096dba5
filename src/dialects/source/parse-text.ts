import { type ParsedText, parseAnew } from './parse.ts'

/** Texts that are kept, the last ones read, and how long each may be. */
const KEPT = 8
const KEPT_LENGTH = 200_000

interface Kept {
  readonly text: string
  readonly parsed: ParsedText
}

/** By file name, the last one read at the end. */
const recent = new Map<string, Kept>()

/**
 * Parses YAML or JSON. Documents with an error are left out; empty documents too. The same text of the same file gives the same result,
 * which is not worked out twice: parsing is most of what an `up` without a change costs.
 */
export function parseText(file: string, text: string): ParsedText {
  const known = recent.get(file)
  recent.delete(file)
  const parsed = known?.text === text ? known.parsed : parseAnew(file, text)
  if (text.length <= KEPT_LENGTH) recent.set(file, { text, parsed })
  const [oldest] = recent.keys()
  if (oldest !== undefined && recent.size > KEPT) recent.delete(oldest)
  return parsed
}
