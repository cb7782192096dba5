import type { Diagnostic, Origin } from '../kernel/diagnostic.ts'
import { fail, type Outcome, succeed } from '../kernel/outcome.ts'
import { problem } from './problem.ts'
import { isRecord } from './wording.ts'

/** A path into what was rendered, a literal, or a sum of these. */
export type Expression =
  | { readonly is: 'literal'; readonly value: string | number }
  | { readonly is: 'path'; readonly root: Root; readonly steps: readonly (string | number)[]; readonly written: string }
  | { readonly is: 'sum'; readonly of: readonly Expression[] }

export type Root = 'output' | 'outputs' | 'context'
export type Scope = { readonly [K in Root]?: unknown }

type Token =
  | { readonly is: 'word' | 'string'; readonly text: string; readonly at: number }
  | { readonly is: 'number'; readonly value: number; readonly text: string; readonly at: number }
  | { readonly is: 'sign'; readonly text: '.' | '[' | ']' | '+' | '(' | ')'; readonly at: number }

const ROOTS: readonly Root[] = ['output', 'outputs', 'context']
const TOKEN = /\s*(?:([A-Za-z_$][\w$]*)|("(?:[^"\\]|\\.)*")|(\d+(?:\.\d+)?)|([.[\]+()]))/y

/** Reads the part of CUE that `outputs[].valueFrom` is given: paths, indices, literals and `+`; anything else is an error. */
export function parseExpression(text: string, origin?: Origin): Outcome<Expression> {
  const tokens = tokenize(text)
  if (typeof tokens === 'number') return fail(unsupported(text, `"${text.slice(tokens).trim().slice(0, 20)}" is not understood`, origin))
  const reader = new Reader(tokens)
  const expression = reader.sum()
  const rest = reader.peek()
  if (expression === undefined || rest !== undefined) {
    const reason = rest === undefined ? 'it ends too early' : `"${rest.text}" is not understood at character ${rest.at + 1}`
    return fail(unsupported(text, reader.refusal ?? reason, origin))
  }
  return succeed(expression)
}

/** The value of an expression; an error when a path leads nowhere or values cannot be added. */
export function evaluateExpression(expression: Expression, scope: Scope, origin?: Origin): Outcome<unknown> {
  switch (expression.is) {
    case 'literal':
      return succeed(expression.value)
    case 'path': {
      const value = expression.steps.reduce(step, scope[expression.root])
      if (value !== undefined) return succeed(value)
      return fail(problem({ code: 'MP2302', severity: 'error', message: `${expression.written} has no value`, origin }))
    }
    case 'sum': {
      const values: unknown[] = []
      for (const part of expression.of) {
        const outcome = evaluateExpression(part, scope, origin)
        if (!outcome.ok) return outcome
        values.push(outcome.value)
      }
      return add(values, origin)
    }
  }
}

function step(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

function add(values: readonly unknown[], origin: Origin | undefined): Outcome<unknown> {
  if (values.every((value) => typeof value === 'number')) return succeed(values.reduce((sum, value) => sum + value, 0))
  if (values.every((value) => typeof value === 'string')) return succeed(values.join(''))
  const kinds = values.map((value) =>
    Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value === 'object' ? 'a map' : `a ${typeof value}`,
  )
  const message = `"+" joins two texts or adds two numbers, not ${kinds.join(' and ')}`
  return fail(problem({ code: 'MP2303', severity: 'error', message, origin }))
}

/** The tokens, or the index of the first character that begins none. */
function tokenize(text: string): readonly Token[] | number {
  const tokens: Token[] = []
  let at = 0
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (match === null) return at
    const [whole, word, quoted, digits, sign] = match
    const start = at + whole.length - whole.trimStart().length
    if (word !== undefined) tokens.push({ is: 'word', text: word, at: start })
    else if (quoted !== undefined) {
      const value = unquote(quoted)
      if (value === undefined) return at
      tokens.push({ is: 'string', text: value, at: start })
    } else if (digits !== undefined) tokens.push({ is: 'number', value: Number(digits), text: digits, at: start })
    else tokens.push({ is: 'sign', text: sign as Extract<Token, { is: 'sign' }>['text'], at: start })
    at += whole.length
  }
  return tokens
}

/** CUE's escapes are JSON's, except interpolation, which is refused. */
function unquote(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

class Reader {
  refusal: string | undefined
  private readonly tokens: readonly Token[]
  private next = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  peek(): Token | undefined {
    return this.tokens[this.next]
  }

  sum(): Expression | undefined {
    const parts: Expression[] = []
    do {
      const part = this.term()
      if (part === undefined) return undefined
      parts.push(part)
    } while (this.takeSign('+'))
    return parts.length === 1 ? parts[0] : { is: 'sum', of: parts }
  }

  private term(): Expression | undefined {
    const token = this.peek()
    if (token === undefined) return undefined
    if (this.takeSign('(')) {
      const inner = this.sum()
      return inner !== undefined && this.takeSign(')') ? inner : undefined
    }
    if (token.is === 'string' || token.is === 'number') {
      this.next++
      return { is: 'literal', value: token.is === 'number' ? token.value : token.text }
    }
    return token.is === 'word' ? this.path(token) : undefined
  }

  private path(token: Extract<Token, { is: 'word' | 'string' }>): Expression | undefined {
    const root = ROOTS.find((candidate) => candidate === token.text)
    if (root === undefined) {
      this.refusal = `"${token.text}" is none of output, outputs and context`
      return undefined
    }
    this.next++
    const steps: (string | number)[] = []
    let written: string = root
    for (;;) {
      if (this.takeSign('.')) {
        const name = this.take((candidate) => candidate.is === 'word' || candidate.is === 'string')
        if (name === undefined) return undefined
        steps.push(name.text)
        written += `.${name.text}`
      } else if (this.takeSign('[')) {
        const index = this.take((candidate) => candidate.is === 'string' || candidate.is === 'number')
        if (index === undefined || !this.takeSign(']')) return undefined
        steps.push(index.is === 'number' ? index.value : index.text)
        written += index.is === 'number' ? `[${index.text}]` : `["${index.text}"]`
      } else return { is: 'path', root, steps, written }
    }
  }

  private take(accept: (token: Token) => boolean): Token | undefined {
    const token = this.peek()
    if (token === undefined || !accept(token)) return undefined
    this.next++
    return token
  }

  private takeSign(text: Extract<Token, { is: 'sign' }>['text']): boolean {
    return this.take((token) => token.is === 'sign' && token.text === text) !== undefined
  }
}

function unsupported(text: string, reason: string, origin: Origin | undefined): Diagnostic {
  return problem({
    code: 'MP2301',
    severity: 'error',
    message: `the expression ${JSON.stringify(text)} is not supported: ${reason}`,
    origin,
    hint: 'supported are paths such as output.status.readyReplicas or outputs.service["metadata"].name, texts, numbers and +',
  })
}
