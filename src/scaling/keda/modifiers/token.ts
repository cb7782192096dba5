export type TokenKind = 'name' | 'number' | 'string' | 'sign' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** A string's value; otherwise as written. */
  readonly text: string
  readonly at: number
}

/** Words that are signs of the language, not names. */
export const WORDS: ReadonlySet<string> = new Set([
  'not',
  'in',
  'or',
  'and',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
  'let',
  'if',
  'else',
])

export function tokenText(token: Token): string {
  if (token.kind === 'end') return 'the end of the formula'
  return token.kind === 'string' ? `the text ${JSON.stringify(token.text)}` : `"${token.text}"`
}
