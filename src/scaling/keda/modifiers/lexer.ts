import { FormulaFault } from './fault.ts'
import { readRawText, readText } from './text-literal.ts'
import { type Token, WORDS } from './token.ts'

const SPACE = /\s+/uy
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//uy
const NUMBER = /(?:0[xX][0-9a-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*|\d[\d_]*|(?=\.\d))(?:\.(?!\.)[\d_]*)?(?:[eE][+-]?[\d_]*)?/uy
const NAME = /[\p{L}_$][\p{L}\p{Nd}_$]*/uy
const SIGN = /\|\||&&|\*\*|==|!=|<=|>=|\?\?|\?\.|\.\.|::|[-+*/%^<>!?:|.,;#()[\]{}=&]/uy
const NAME_CHARACTER = /[\p{L}\p{Nd}_$]/u

/** Tokens of a formula (upstream: expr-lang/expr parser/lexer); throws a FormulaFault at the first character that begins none. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  while (at < text.length) {
    const skipped = take(SPACE) ?? take(COMMENT)
    if (skipped !== undefined) {
      at += skipped.length
      continue
    }
    const { token, length } = tokenAt(text, at, take)
    tokens.push(token)
    at += length
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

function tokenAt(text: string, at: number, take: (pattern: RegExp) => string | undefined): { token: Token; length: number } {
  const first = text[at] ?? ''
  if (text.startsWith('/*', at)) throw new FormulaFault(at, 'this comment is not closed', 'end it with */')
  if (first === '"' || first === "'") return readText(text, at)
  if (first === '`') return readRawText(text, at)
  if ((first === 'b' || first === 'B') && /["']/.test(text[at + 1] ?? '')) {
    throw new FormulaFault(at, 'bytes (b"...") cannot be used in a formula', 'a formula computes with numbers')
  }
  if (/\d/.test(first) || (first === '.' && /\d/.test(text[at + 1] ?? ''))) return numberAt(text, at, take(NUMBER) ?? first)
  const name = take(NAME)
  if (name !== undefined) return { token: { kind: WORDS.has(name) ? 'sign' : 'name', text: name, at }, length: name.length }
  const sign = take(SIGN)
  if (sign === undefined) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    throw new FormulaFault(at, `${JSON.stringify(character)} has no meaning in a formula`, 'names are letters, digits, _ and $')
  }
  if (sign === '&') throw new FormulaFault(at, '"&" has no meaning in a formula', 'write "&&" or "and"; for bits use bitand(a, b)')
  return { token: { kind: 'sign', text: sign, at }, length: sign.length }
}

function numberAt(text: string, at: number, written: string): { token: Token; length: number } {
  const next = String.fromCodePoint(text.codePointAt(at + written.length) ?? 32)
  if (NAME_CHARACTER.test(next)) {
    throw new FormulaFault(at, `"${written}${next}" is no number`, 'a name begins with a letter; write "*" between a number and a name')
  }
  return { token: { kind: 'number', text: written, at }, length: written.length }
}
