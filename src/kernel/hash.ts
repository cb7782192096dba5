import { createHash } from 'node:crypto'
import { canonicalJson } from './canonical-json.ts'

/** The first hexadecimal digits of the SHA-256 of the value's canonical JSON. */
export function hashValue(value: unknown, digits = 10): string {
  return hashText(canonicalJson(value), digits)
}

/** The same of a text. */
export function hashText(text: string, digits = 10): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits)
}
