import { FormulaFault } from './fault.ts'
import type { Node } from './node.ts'

const MOST_NODES = 10_000
const DEEPEST = 1_000

/** Makes nodes and counts them, so that neither a large nor a deep formula can exhaust who walks it. */
export class TreeBuilder {
  private count = 0
  private readonly depths = new WeakMap<Node, number>()

  make<T extends Node>(node: T): T {
    this.count++
    if (this.count > MOST_NODES) throw new FormulaFault(node.at, `the formula has more than ${MOST_NODES} parts`, 'make it shorter')
    const depth = 1 + childrenOf(node).reduce((deepest, child) => Math.max(deepest, this.depths.get(child) ?? 0), 0)
    if (depth > DEEPEST)
      throw new FormulaFault(node.at, `the formula is nested more than ${DEEPEST} deep`, 'use sum([...]) or "let" for parts of it')
    this.depths.set(node, depth)
    return node
  }
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.is) {
    case 'unary':
    case 'chain':
      return [node.of]
    case 'binary':
      return [node.left, node.right]
    case 'choice':
      return [node.test, node.yes, node.no]
    case 'array':
    case 'sequence':
      return node.items
    case 'map':
      return node.entries.flat()
    case 'element':
      return [node.of, node.key]
    case 'slice':
      return [node.of, node.from, node.to].filter((part) => part !== undefined)
    case 'call':
      return node.predicate === undefined ? node.args : [...node.args, node.predicate]
    case 'let':
      return [node.value, node.body]
    default:
      return []
  }
}
