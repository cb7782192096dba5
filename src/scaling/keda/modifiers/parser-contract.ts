import type { Cursor } from './cursor.ts'
import type { Node } from './node.ts'
import type { TreeBuilder } from './tree-builder.ts'

/** What the parts of the parser need of the whole. */
export interface Parser {
  readonly cursor: Cursor
  readonly tree: TreeBuilder
  expression(precedence: number): Node
  predicate(): Node
  list(close: string): readonly Node[]
}
