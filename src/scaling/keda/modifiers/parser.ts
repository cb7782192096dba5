import { parseCall } from './call-parser.ts'
import { Cursor } from './cursor.ts'
import { FormulaFault } from './fault.ts'
import { tokenize } from './lexer.ts'
import type { Node } from './node.ts'
import { numberNode } from './number-literal.ts'
import { BINARY, COMPARISONS, NEGATED, PIPE_PRECEDENCE, UNARY } from './operators.ts'
import type { Parser } from './parser-contract.ts'
import { parsePostfix } from './postfix-parser.ts'
import { tokenText, WORDS } from './token.ts'
import { TreeBuilder } from './tree-builder.ts'

const DEEPEST = 200

/** A tree for the text of a formula; throws a FormulaFault. Grammar as in upstream's language definition (expr-lang/expr). */
export function parseTree(text: string): Node {
  const parser = new FormulaParser(new Cursor(tokenize(text)))
  const tree = parser.sequence()
  if (parser.cursor.now.kind !== 'end') throw leftOver(parser.cursor)
  return tree
}

function leftOver(cursor: Cursor): FormulaFault {
  const { kind, text } = cursor.now
  if (text === '=') return new FormulaFault(cursor.now.at, '"=" does not belong here', 'compare with "=="')
  const hint = kind === 'sign' ? 'is a bracket missing or one too many?' : 'an operator is missing before it'
  return new FormulaFault(cursor.now.at, `${tokenText(cursor.now)} does not belong here`, hint)
}

class FormulaParser implements Parser {
  readonly cursor: Cursor
  readonly tree = new TreeBuilder()
  private nesting = 0
  /** Inside how many predicates: only there `#` means something. */
  private predicates = 0

  constructor(cursor: Cursor) {
    this.cursor = cursor
  }

  sequence(): Node {
    const items = [this.expression(0)]
    while (this.cursor.take(';') && this.cursor.now.kind !== 'end') items.push(this.expression(0))
    const [first] = items
    return items.length === 1 && first !== undefined ? first : this.tree.make({ is: 'sequence', items, at: first?.at ?? 0 })
  }

  /** Everything that binds at least as tightly as `precedence`. */
  expression(precedence: number): Node {
    if (this.nesting === DEEPEST)
      throw new FormulaFault(this.cursor.now.at, `the formula is nested more than ${DEEPEST} deep`, 'use "let" for parts of it')
    this.nesting++
    try {
      if (precedence === 0 && this.cursor.at('let')) return this.declaration()
      if (precedence === 0 && this.cursor.at('if')) return this.conditional()
      const operation = this.operations(this.primary(), precedence)
      return precedence === 0 ? this.ternary(operation) : operation
    } finally {
      this.nesting--
    }
  }

  /** The predicate of a function like `filter`: with or without braces. */
  predicate(): Node {
    const braces = this.cursor.take('{')
    this.predicates++
    const body = braces ? this.sequence() : this.expression(0)
    this.predicates--
    if (braces) this.cursor.expect('}', 'close the braces of the predicate')
    return body
  }

  private operations(first: Node, precedence: number): Node {
    let left = first
    let coalesced = false
    for (;;) {
      const { cursor } = this
      const negate = cursor.at('not') && NEGATED.has(cursor.ahead.text)
      const word = (negate ? cursor.ahead : cursor.now).text
      if (cursor.now.kind !== 'sign') return left
      if (word === 'matches')
        throw new FormulaFault(
          cursor.now.at,
          '"matches" cannot be used in a formula',
          'a formula computes with numbers; for texts there are contains, startsWith and endsWith',
        )
      if (word === '|' && precedence === PIPE_PRECEDENCE) {
        left = this.pipe(left)
        coalesced = false
        continue
      }
      const operator = BINARY.get(word)
      if (operator === undefined || operator.precedence < precedence) return left
      if (coalesced && operator.sign !== '??') {
        throw new FormulaFault(cursor.now.at, `"??" and "${word}" cannot be mixed without brackets`, 'write (a ?? 0) + b')
      }
      if (negate) cursor.step()
      const { at } = cursor.step()
      if (COMPARISONS.has(word)) left = this.comparisons(left, word, at, operator.precedence)
      else {
        const right = this.expression(operator.right === true ? operator.precedence : operator.precedence + 1)
        left = this.tree.make({ is: 'binary', sign: operator.sign, left, right, at })
      }
      if (negate) left = this.tree.make({ is: 'unary', sign: 'not', of: left, at })
      coalesced = operator.sign === '??'
    }
  }

  /** `1 < a < 3` means `1 < a and a < 3`. */
  private comparisons(first: Node, sign: string, at: number, precedence: number): Node {
    let whole: Node | undefined
    let left = first
    let place = { sign, at }
    for (;;) {
      const right = this.expression(precedence + 1)
      const operator = BINARY.get(place.sign)
      if (operator === undefined) throw this.cursor.unexpected('a comparison was expected')
      const one = this.tree.make({ is: 'binary', sign: operator.sign, left, right, at: place.at } as const)
      whole = whole === undefined ? one : this.tree.make({ is: 'binary', sign: 'and', left: whole, right: one, at: place.at } as const)
      if (this.cursor.now.kind !== 'sign' || !COMPARISONS.has(this.cursor.now.text)) return whole
      left = right
      const next = this.cursor.step()
      place = { sign: next.text, at: next.at }
    }
  }

  private pipe(left: Node): Node {
    this.cursor.step()
    if (this.cursor.now.kind !== 'name') throw this.cursor.unexpected('a function was expected after "|"', 'for example [a, b] | max()')
    return parsePostfix(this, parseCall(this, this.cursor.step(), [left]))
  }

  private declaration(): Node {
    this.cursor.step()
    const name = this.cursor.now
    if (name.kind !== 'name') throw this.cursor.unexpected('a name was expected after "let"', 'for example let x = a + b; x * 2')
    this.cursor.step()
    this.equals()
    const value = this.expression(0)
    this.cursor.expect(';', 'the value of "let" ends with ";", then comes the formula that uses it')
    return this.tree.make({ is: 'let', name: name.text, value, body: this.sequence(), at: name.at })
  }

  private equals(): void {
    this.cursor.expect('=', 'for example let x = a + b; x * 2')
  }

  private conditional(): Node {
    const { at } = this.cursor.step()
    const test = this.expression(0)
    const yes = this.block('then')
    this.cursor.expect('else', '"if" needs its "else": if a > 1 { 2 } else { 3 }')
    const no = this.cursor.at('if') ? this.expression(0) : this.block('else')
    return this.tree.make({ is: 'choice', test, yes, no, at })
  }

  private block(of: string): Node {
    this.cursor.expect('{', `what "${of}" gives stands in braces: if a > 1 { 2 } else { 3 }`)
    const body = this.sequence()
    this.cursor.expect('}', 'close the braces')
    return body
  }

  private ternary(first: Node): Node {
    let test = first
    while (this.cursor.at('?')) {
      const { at } = this.cursor.step()
      const short = this.cursor.take(':')
      const yes = short ? test : this.expression(0)
      if (!short) this.cursor.expect(':', 'a choice needs both sides: condition ? then : otherwise')
      test = this.tree.make({ is: 'choice', test, yes, no: this.expression(0), at })
    }
    return test
  }

  private primary(): Node {
    const { cursor } = this
    const token = cursor.now
    const unary = token.kind === 'sign' ? UNARY.get(token.text) : undefined
    if (unary !== undefined) {
      cursor.step()
      const of = this.expression(unary.precedence)
      return parsePostfix(this, this.tree.make({ is: 'unary', sign: unary.sign, of, at: token.at }))
    }
    if (cursor.take('(')) {
      const inner = this.sequence()
      if (!cursor.at(')')) throw new FormulaFault(cursor.now.at, `"(" at character ${token.at + 1} is not closed`, 'a ")" is missing')
      cursor.step()
      return parsePostfix(this, inner)
    }
    if (cursor.at('#', '.')) return this.pointer()
    if (cursor.take('::')) {
      if (cursor.now.kind !== 'name') throw cursor.unexpected('a function was expected after "::"')
      return parsePostfix(this, parseCall(this, cursor.step(), [], true))
    }
    return this.literal()
  }

  private pointer(): Node {
    const { text, at } = this.cursor.now
    if (this.predicates === 0)
      throw new FormulaFault(at, `"${text}" means nothing here`, '"#" is the element inside filter, map, count and the like')
    if (text === '.') return parsePostfix(this, this.tree.make({ is: 'pointer', name: '', at }))
    this.cursor.step()
    const name = this.cursor.now.kind === 'name' ? this.cursor.step().text : ''
    return parsePostfix(this, this.tree.make({ is: 'pointer', name, at }))
  }

  private literal(): Node {
    const token = this.cursor.now
    const { at } = token
    if (token.kind === 'number') {
      this.cursor.step()
      return this.tree.make(numberNode(token))
    }
    if (token.kind === 'string') {
      this.cursor.step()
      return parsePostfix(this, this.tree.make({ is: 'string', value: token.text, at }))
    }
    if (token.kind === 'name') return this.named()
    if (this.cursor.at('[')) return parsePostfix(this, this.array())
    if (this.cursor.at('{')) return parsePostfix(this, this.map())
    throw this.cursor.unexpected(
      'a value was expected',
      WORDS.has(token.text) ? `"${token.text}" is a word of the language` : 'a number, a trigger\'s name or a "("',
    )
  }

  private named(): Node {
    const token = this.cursor.step()
    const { at, text } = token
    if (text === 'true' || text === 'false') return this.tree.make({ is: 'bool', value: text === 'true', at })
    if (text === 'nil') return this.tree.make({ is: 'nil', at })
    const node = this.cursor.at('(') ? parseCall(this, token, []) : this.tree.make({ is: 'name', name: text, at } as const)
    return parsePostfix(this, node)
  }

  private array(): Node {
    const { at } = this.cursor.step()
    const items = this.list(']')
    return this.tree.make({ is: 'array', items, at })
  }

  /** Up to the closing bracket; a comma may stand before it. */
  list(close: string): readonly Node[] {
    const items: Node[] = []
    while (!this.cursor.at(close)) {
      items.push(this.expression(0))
      if (this.cursor.take(',') || this.cursor.at(close)) continue
      if (this.cursor.now.kind === 'end')
        throw new FormulaFault(this.cursor.now.at, `a "${close}" is missing`, 'each bracket that opens has to close')
      throw leftOver(this.cursor)
    }
    this.cursor.step()
    return items
  }

  private map(): Node {
    const { at } = this.cursor.step()
    const entries: (readonly [Node, Node])[] = []
    while (!this.cursor.at('}')) {
      const key = this.mapKey()
      this.cursor.expect(':', 'a map is written {name: value}')
      entries.push([key, this.expression(0)])
      if (!this.cursor.at('}')) this.cursor.expect(',', 'entries are separated by "," and end with "}"')
    }
    this.cursor.step()
    return this.tree.make({ is: 'map', entries, at })
  }

  private mapKey(): Node {
    const token = this.cursor.now
    if (token.kind === 'sign' && token.text === '(') return this.expression(0)
    if (token.kind === 'sign' || token.kind === 'end') throw this.cursor.unexpected('a key was expected', 'a map is written {name: value}')
    this.cursor.step()
    return this.tree.make({ is: 'string', value: token.text, at: token.at })
  }
}
