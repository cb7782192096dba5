import { maybe } from './functions/formula-function.ts'
import type { BinarySign } from './node.ts'
import { arrayOf, isArrayType, isNumberType, type StaticType, sameType } from './static-type.ts'

/** The type of `left sign right`; undefined: they do not go together. Upstream: expr-lang/expr checker (binaryNode). */
export function binaryType(sign: BinarySign, left: StaticType, right: StaticType): StaticType | undefined {
  switch (sign) {
    case '==':
    case '!=':
      return comparable(left, right) ? 'bool' : undefined
    case 'or':
    case 'and':
      return both(left, right, 'bool') ? 'bool' : undefined
    case '<':
    case '>':
    case '<=':
    case '>=':
      return both(left, right, 'number') || both(left, right, 'string') ? 'bool' : undefined
    case '+':
      if (left === 'string' && right === 'string') return 'string'
      return both(left, right, 'number') ? promoted(left, right) : both(left, right, 'string') ? 'unknown' : undefined
    case '-':
    case '*':
      return both(left, right, 'number') ? promoted(left, right) : undefined
    case '/':
    case '**':
      return both(left, right, 'number') ? 'float' : undefined
    case '%':
      return both(left, right, 'int') ? 'int' : undefined
    case 'in':
      return inType(left, right)
    case '..':
      return both(left, right, 'int') ? arrayOf('int') : undefined
    case '??':
      if (left === 'nil') return right
      return right === 'nil' || sameType(left, right) ? left : 'unknown'
    default:
      return both(left, right, 'string') ? 'bool' : undefined
  }
}

function both(left: StaticType, right: StaticType, kind: 'number' | StaticType): boolean {
  return maybe(left, kind) && maybe(right, kind)
}

function promoted(left: StaticType, right: StaticType): StaticType {
  if (left === 'unknown' || right === 'unknown') return 'unknown'
  return left === 'int' && right === 'int' ? 'int' : 'float'
}

function comparable(left: StaticType, right: StaticType): boolean {
  if ([left, right].some((type) => type === 'unknown' || type === 'nil')) return true
  if (isNumberType(left) && isNumberType(right)) return true
  return (isArrayType(left) && isArrayType(right)) || sameType(left, right)
}

function inType(left: StaticType, right: StaticType): StaticType | undefined {
  if (right === 'map') return maybe(left, 'string') ? 'bool' : undefined
  if (isArrayType(right)) return comparable(left, right.array) ? 'bool' : undefined
  return right === 'unknown' ? 'bool' : undefined
}
