import { FormulaFault } from './fault.ts'
import type { Token } from './token.ts'

interface Read {
  readonly token: Token
  readonly length: number
}

const SIMPLE: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' }
const ESCAPE = /\\(?:([abfnrtv\\'"])|([0-7]{3})|x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y

/** A text in quotes, with Go's escapes; it ends on its own line. */
export function readText(text: string, start: number): Read {
  const quote = text[start]
  let value = ''
  let at = start + 1
  while (at < text.length && text[at] !== quote) {
    const letter = text[at] ?? ''
    if (letter === '\n') break
    if (letter !== '\\') {
      value += letter
      at++
      continue
    }
    ESCAPE.lastIndex = at
    const match = ESCAPE.exec(text)
    if (match === null) throw new FormulaFault(at, 'this escape is not known', 'known are \\n, \\t, \\\\, \\", \\xNN, \\uNNNN and \\u{...}')
    value += unescaped(match, at)
    at += match[0].length
  }
  if (text[at] !== quote) throw new FormulaFault(start, 'this text is not closed', `end it with ${quote}`)
  return { token: { kind: 'string', text: value, at: start }, length: at + 1 - start }
}

/** A text between backticks: no escapes but a doubled backtick, and any number of lines. */
export function readRawText(text: string, start: number): Read {
  let at = start + 1
  let value = ''
  for (;;) {
    const end = text.indexOf('`', at)
    if (end < 0) throw new FormulaFault(start, 'this text is not closed', 'end it with `')
    value += text.slice(at, end)
    if (text[end + 1] !== '`') return { token: { kind: 'string', text: value, at: start }, length: end + 1 - start }
    value += '`'
    at = end + 2
  }
}

function unescaped([, simple, octal, ...hex]: RegExpExecArray, at: number): string {
  if (simple !== undefined) return SIMPLE[simple] ?? simple
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
  const point = Number.parseInt(hex.find((digits) => digits !== undefined) ?? '0', 16)
  if (point > 0x10ffff) throw new FormulaFault(at, 'this escape is no character', 'the largest is \\U0010FFFF')
  return String.fromCodePoint(point)
}
