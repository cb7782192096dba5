import type { BinarySign, UnarySign } from './node.ts'

export interface BinaryOperator {
  readonly sign: BinarySign
  /** The larger, the tighter it binds (upstream: expr-lang/expr parser/operator). */
  readonly precedence: number
  readonly right?: boolean
}

export const PIPE_PRECEDENCE = 0
export const COMPARISONS: ReadonlySet<string> = new Set(['<', '>', '<=', '>='])
/** Those that "not" may stand before. */
export const NEGATED: ReadonlySet<string> = new Set(['in', 'contains', 'matches', 'startsWith', 'endsWith'])

export const UNARY: ReadonlyMap<string, { readonly sign: UnarySign; readonly precedence: number }> = new Map([
  ['not', { sign: 'not', precedence: 50 }],
  ['!', { sign: 'not', precedence: 50 }],
  ['-', { sign: '-', precedence: 90 }],
  ['+', { sign: '+', precedence: 90 }],
])

export const BINARY: ReadonlyMap<string, BinaryOperator> = new Map<string, BinaryOperator>([
  ['or', { sign: 'or', precedence: 10 }],
  ['||', { sign: 'or', precedence: 10 }],
  ['and', { sign: 'and', precedence: 15 }],
  ['&&', { sign: 'and', precedence: 15 }],
  ['==', { sign: '==', precedence: 20 }],
  ['!=', { sign: '!=', precedence: 20 }],
  ['<', { sign: '<', precedence: 20 }],
  ['>', { sign: '>', precedence: 20 }],
  ['<=', { sign: '<=', precedence: 20 }],
  ['>=', { sign: '>=', precedence: 20 }],
  ['in', { sign: 'in', precedence: 20 }],
  ['contains', { sign: 'contains', precedence: 20 }],
  ['startsWith', { sign: 'startsWith', precedence: 20 }],
  ['endsWith', { sign: 'endsWith', precedence: 20 }],
  ['..', { sign: '..', precedence: 25 }],
  ['+', { sign: '+', precedence: 30 }],
  ['-', { sign: '-', precedence: 30 }],
  ['*', { sign: '*', precedence: 60 }],
  ['/', { sign: '/', precedence: 60 }],
  ['%', { sign: '%', precedence: 60 }],
  ['**', { sign: '**', precedence: 100, right: true }],
  ['^', { sign: '**', precedence: 100, right: true }],
  ['??', { sign: '??', precedence: 500 }],
])
