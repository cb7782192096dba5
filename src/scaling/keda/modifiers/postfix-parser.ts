import type { Node } from './node.ts'
import type { Parser } from './parser-contract.ts'
import { WORDS } from './token.ts'

/** What may follow a value: `.name`, `?.name`, `[key]`, `[from:to]`, and the call of a method, which nothing here has. */
export function parsePostfix(parser: Parser, first: Node): Node {
  const { cursor } = parser
  let node = first
  for (;;) {
    if (cursor.at('.', '?.')) node = member(parser, node)
    else if (cursor.at('[')) node = bracket(parser, node, false)
    else return node
    if (cursor.at('(')) throw cursor.unexpected('a method cannot be called here', 'functions are called as max(a, b)')
  }
}

/** A chain goes on behind `.`: nil at its beginning makes the whole of it nil. */
function member(parser: Parser, of: Node): Node {
  const { cursor, tree } = parser
  const optional = cursor.step().text === '?.'
  if (optional && cursor.at('[')) return bracket(parser, of, true)
  const property = cursor.now
  if (property.kind !== 'name' && !WORDS.has(property.text)) throw cursor.unexpected('a name was expected after "."')
  cursor.step()
  const key = tree.make({ is: 'string', value: property.text, at: property.at } as const)
  const inner = of.is === 'chain' ? of.of : of
  const element = tree.make({ is: 'element', of: inner, key, optional, at: property.at } as const)
  return optional || of.is === 'chain' ? tree.make({ is: 'chain', of: element, at: property.at }) : element
}

function bracket(parser: Parser, of: Node, optional: boolean): Node {
  const { cursor, tree } = parser
  const { at } = cursor.step()
  const from = cursor.at(':') ? undefined : parser.expression(0)
  if (cursor.take(':')) {
    const to = cursor.at(']') ? undefined : parser.expression(0)
    cursor.expect(']', 'a part of an array is written array[from:to]')
    return tree.make({ is: 'slice', of, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), at })
  }
  if (from === undefined) throw cursor.unexpected('an index was expected')
  cursor.expect(']', 'an element is written array[0]')
  const element = tree.make({ is: 'element', of, key: from, optional, at } as const)
  return optional ? tree.make({ is: 'chain', of: element, at }) : element
}
