/** A formula as a tree. `at` is an offset in the wrapped text. */
export type Node =
  | (Place & { readonly is: 'nil' })
  | (Place & { readonly is: 'bool'; readonly value: boolean })
  /** 64 bits, as Go's int. */
  | (Place & { readonly is: 'int'; readonly value: bigint })
  | (Place & { readonly is: 'float'; readonly value: number })
  | (Place & { readonly is: 'string'; readonly value: string })
  | (Place & { readonly is: 'name'; readonly name: string })
  /** `#`, `#index`, `#acc`: the element that a predicate is asked about. */
  | (Place & { readonly is: 'pointer'; readonly name: string })
  | (Place & { readonly is: 'unary'; readonly sign: UnarySign; readonly of: Node })
  | (Place & { readonly is: 'binary'; readonly sign: BinarySign; readonly left: Node; readonly right: Node })
  | (Place & { readonly is: 'choice'; readonly test: Node; readonly yes: Node; readonly no: Node })
  | (Place & { readonly is: 'array'; readonly items: readonly Node[] })
  | (Place & { readonly is: 'map'; readonly entries: readonly (readonly [Node, Node])[] })
  | (Place & { readonly is: 'element'; readonly of: Node; readonly key: Node; readonly optional: boolean })
  /** Where a `?.` inside ends: nil there makes the whole of it nil. */
  | (Place & { readonly is: 'chain'; readonly of: Node })
  | (Place & { readonly is: 'slice'; readonly of: Node; readonly from?: Node; readonly to?: Node })
  /** `builtin`: written `::name(...)`, so that a trigger of that name does not hide the function. */
  | (Place & {
      readonly is: 'call'
      readonly name: string
      readonly builtin: boolean
      readonly args: readonly Node[]
      readonly predicate?: Node
    })
  | (Place & { readonly is: 'let'; readonly name: string; readonly value: Node; readonly body: Node })
  | (Place & { readonly is: 'sequence'; readonly items: readonly Node[] })

interface Place {
  readonly at: number
}

export type UnarySign = 'not' | '-' | '+'

export type BinarySign =
  | 'or'
  | 'and'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | 'in'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | '..'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '**'
  | '??'
