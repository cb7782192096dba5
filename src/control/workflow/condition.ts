import type { StepRun } from '../../model/workflow.ts'

/** What a step's `if` may refer to. */
export interface ConditionScope {
  readonly steps: readonly StepRun[]
  readonly inputs: Readonly<Record<string, unknown>>
  readonly context: Readonly<Record<string, unknown>>
}

export type Condition = { readonly ok: true; readonly value: boolean } | { readonly ok: false; readonly message: string }

/**
 * Evaluates a step's condition: `always`, or comparisons (`==`, `!=`, `<`, `<=`, `>`, `>=`), `!`, `&&`, `||`, parentheses, literals and
 * paths below `status`, `inputs` and `context`. Source: KubeVela, workflow `if` (status fields phase, message, succeeded, failed, skipped, timeout, failedAfterRetries, terminate).
 */
export function evaluateCondition(text: string, scope: ConditionScope): Condition {
  if (text.trim() === 'always') return { ok: true, value: true }
  try {
    const parser = new Parser(tokenize(text), scope)
    const value = parser.expression()
    parser.end()
    if (typeof value !== 'boolean') return { ok: false, message: `the condition is ${JSON.stringify(value)}, not true or false` }
    return { ok: true, value }
  } catch (error) {
    if (error instanceof ConditionSyntax) return { ok: false, message: error.message }
    throw error
  }
}

class ConditionSyntax extends Error {}

type Token = { readonly type: 'op' | 'name' | 'string' | 'number'; readonly text: string }

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  const pattern = /\s*(?:(&&|\|\||[=!<>]=|[<>!().[\]])|([A-Za-z_$][\w$-]*)|"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?))/y
  let position = 0
  while (position < text.length) {
    if (text.slice(position).trim() === '') break
    pattern.lastIndex = position
    const match = pattern.exec(text)
    if (match === null) throw new ConditionSyntax(`cannot read "${text.slice(position).trim()}" in the condition`)
    if (match[1] !== undefined) tokens.push({ type: 'op', text: match[1] })
    else if (match[2] !== undefined) tokens.push({ type: 'name', text: match[2] })
    else if (match[3] !== undefined) tokens.push({ type: 'string', text: JSON.parse(`"${match[3]}"`) as string })
    else tokens.push({ type: 'number', text: match[4] ?? '' })
    position = pattern.lastIndex
  }
  return tokens
}

class Parser {
  #position = 0
  readonly #tokens: readonly Token[]
  readonly #scope: ConditionScope

  constructor(tokens: readonly Token[], scope: ConditionScope) {
    this.#tokens = tokens
    this.#scope = scope
  }

  expression(): unknown {
    let left = this.#conjunction()
    while (this.#accept('||')) {
      const right = this.#conjunction()
      left = truth(left) || truth(right)
    }
    return left
  }

  end(): void {
    const token = this.#tokens[this.#position]
    if (token !== undefined) throw new ConditionSyntax(`unexpected "${token.text}" in the condition`)
  }

  #conjunction(): unknown {
    let left = this.#comparison()
    while (this.#accept('&&')) {
      const right = this.#comparison()
      left = truth(left) && truth(right)
    }
    return left
  }

  #comparison(): unknown {
    const left = this.#unary()
    for (const operator of ['==', '!=', '<=', '>=', '<', '>'] as const) {
      if (this.#accept(operator)) return compare(operator, left, this.#unary())
    }
    return left
  }

  #unary(): unknown {
    if (this.#accept('!')) return !truth(this.#unary())
    if (this.#accept('(')) {
      const value = this.expression()
      this.#expect(')')
      return value
    }
    const token = this.#tokens[this.#position++]
    if (token === undefined) throw new ConditionSyntax('the condition ends too early')
    if (token.type === 'string') return token.text
    if (token.type === 'number') return Number(token.text)
    if (token.type !== 'name') throw new ConditionSyntax(`unexpected "${token.text}" in the condition`)
    if (token.text === 'true') return true
    if (token.text === 'false') return false
    return this.#path(token.text)
  }

  #path(root: string): unknown {
    let value: unknown
    if (root === 'status') value = statusObject(this.#scope.steps)
    else if (root === 'inputs') value = this.#scope.inputs
    else if (root === 'context') value = this.#scope.context
    else throw new ConditionSyntax(`unknown name "${root}" in the condition; status, inputs and context are known`)
    let shown = root
    for (;;) {
      let key: string
      if (this.#accept('.')) {
        const token = this.#tokens[this.#position++]
        if (token?.type !== 'name') throw new ConditionSyntax(`a name must follow "${shown}."`)
        key = token.text
      } else if (this.#accept('[')) {
        const token = this.#tokens[this.#position++]
        if (token === undefined || token.type === 'op') throw new ConditionSyntax(`a key must follow "${shown}["`)
        key = token.text
        this.#expect(']')
      } else return value
      shown += `.${key}`
      value = value !== null && typeof value === 'object' ? (value as Readonly<Record<string, unknown>>)[key] : undefined
      if (value === undefined && root === 'status' && !shown.slice('status.'.length).includes('.')) {
        throw new ConditionSyntax(`there is no step "${key}" before this one`)
      }
    }
  }

  #accept(text: string): boolean {
    const token = this.#tokens[this.#position]
    if (token?.type !== 'op' || token.text !== text) return false
    this.#position++
    return true
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw new ConditionSyntax(`"${text}" is missing in the condition`)
  }
}

function truth(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new ConditionSyntax(`${JSON.stringify(value)} is not true or false`)
  return value
}

function compare(operator: '==' | '!=' | '<' | '<=' | '>' | '>=', left: unknown, right: unknown): boolean {
  if (operator === '==') return left === right
  if (operator === '!=') return left !== right
  if (typeof left !== typeof right || (typeof left !== 'number' && typeof left !== 'string')) {
    throw new ConditionSyntax(`${JSON.stringify(left)} and ${JSON.stringify(right)} cannot be ordered`)
  }
  const a = left as number
  const b = right as number
  if (operator === '<') return a < b
  if (operator === '<=') return a <= b
  return operator === '>' ? a > b : a >= b
}

function statusObject(steps: readonly StepRun[]): Readonly<Record<string, unknown>> {
  const status: Record<string, unknown> = {}
  for (const step of steps.flatMap((step) => [step, ...step.steps])) {
    status[step.name] = {
      phase: step.phase,
      message: step.message ?? '',
      reason: step.reason ?? '',
      succeeded: step.phase === 'succeeded',
      failed: step.phase === 'failed',
      skipped: step.phase === 'skipped',
      timeout: step.reason === 'Timeout',
      failedAfterRetries: step.reason === 'FailedAfterRetries',
      terminate: step.reason === 'Terminate',
    }
  }
  return status
}
