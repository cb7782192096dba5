import { CST, Lexer } from 'yaml'

/** What the parser stumbled over, and what probably caused it. */
export interface Blame {
  readonly start: number
  readonly end: number
  readonly opener: string
}

/**
 * A quote or bracket that was opened on an earlier line and is still open (or closed by accident) where the parser stumbled.
 * Parsers report the end of the damage; people need its beginning.
 */
export function blameOpener(text: string, at: number): Blame | undefined {
  const open: Blame[] = []
  let offset = 0
  let quoted: Blame | undefined
  for (const token of new Lexer().lex(text)) {
    if (token === CST.DOCUMENT || token === CST.SCALAR || token === CST.FLOW_END) continue
    const start = offset
    offset += token.length
    if (start > at) break
    const first = token[0]
    if (first === '"' || first === "'") {
      if (token.includes('\n')) quoted = { start, end: start + token.indexOf('\n'), opener: first }
      else if (token.length === 1 || !token.endsWith(first)) return { start, end: offset, opener: first }
    } else if (token === '[' || token === '{') open.push({ start, end: offset, opener: token })
    else if (token === ']' || token === '}') open.pop()
    else if (token === '---') open.length = 0
  }
  if (quoted !== undefined) return quoted
  const innermost = open.at(-1)
  return innermost !== undefined && text.slice(innermost.start, at).includes('\n') ? innermost : undefined
}
