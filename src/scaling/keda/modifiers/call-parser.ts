import { FormulaFault } from './fault.ts'
import type { Node } from './node.ts'
import type { Parser } from './parser-contract.ts'
import type { Token } from './token.ts'

/** Functions whose second argument is a predicate; `last` is what may follow it. */
const PREDICATES: ReadonlyMap<string, { readonly optional?: boolean; readonly last?: string }> = new Map<
  string,
  { readonly optional?: boolean; readonly last?: string }
>([
  ['all', {}],
  ['none', {}],
  ['any', {}],
  ['one', {}],
  ['filter', {}],
  ['map', {}],
  ['count', { optional: true }],
  ['sum', { optional: true }],
  ['find', {}],
  ['findIndex', {}],
  ['findLast', {}],
  ['findLastIndex', {}],
  ['groupBy', {}],
  ['sortBy', { last: 'order' }],
  ['reduce', { last: 'initial value' }],
])

/** A call whose name has been read; `piped` is what stood before `|`. */
export function parseCall(parser: Parser, { text: name, at }: Token, piped: readonly Node[], builtin = false): Node {
  const { cursor, tree } = parser
  cursor.expect('(', `a function is called as ${name}(...)`)
  const shape = PREDICATES.get(name)
  if (shape === undefined) return tree.make({ is: 'call', name, builtin, args: [...piped, ...parser.list(')')], at })
  const usage = `write ${name}(array, # > 1)`
  if (piped.length === 0 && cursor.at(')')) throw new FormulaFault(cursor.now.at, `${name} needs an array`, usage)
  const collection = piped[0] ?? parser.expression(0)
  if (cursor.at(')')) {
    if (shape.optional !== true) throw new FormulaFault(cursor.now.at, `${name} needs a predicate`, usage)
    cursor.step()
    return tree.make({ is: 'call', name, builtin, args: [collection], at })
  }
  if (piped.length === 0) cursor.expect(',', usage)
  const predicate = parser.predicate()
  if (cursor.at(';')) throw new FormulaFault(cursor.now.at, 'a predicate with ";" needs braces', `write ${name}(array, {let x = #; x > 1})`)
  const more = cursor.take(',') && (shape.last !== undefined || !cursor.at(')'))
  const extra = more ? [parser.expression(0)] : []
  if (extra.length > 0 && shape.last === undefined)
    throw new FormulaFault(extra[0]?.at ?? at, `${name} takes an array and a predicate, no more`, usage)
  cursor.take(',')
  cursor.expect(')', `close the brackets of ${name}`)
  return tree.make({ is: 'call', name, builtin, args: [collection, ...extra], predicate, at })
}
