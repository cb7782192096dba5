import type { StaticType } from './static-type.ts'

/** What a formula computes with. Whole numbers are bigint and have 64 bits, as Go's int; all other numbers are floats. */
export type Value = null | boolean | bigint | number | string | readonly Value[] | ReadonlyMap<Value, Value>

export type NumberValue = bigint | number

export function isNumber(value: Value): value is NumberValue {
  return typeof value === 'bigint' || typeof value === 'number'
}

export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

export function isMap(value: Value): value is ReadonlyMap<Value, Value> {
  return value instanceof Map
}

export function typeOf(value: Value): StaticType {
  if (value === null) return 'nil'
  if (isArray(value)) return { array: 'unknown' }
  if (isMap(value)) return 'map'
  switch (typeof value) {
    case 'bigint':
      return 'int'
    case 'number':
      return 'float'
    case 'boolean':
      return 'bool'
    default:
      return 'string'
  }
}

/** Whole and other numbers compare by what they are worth; arrays and maps by what is in them. `into` is told how deep it has to look. */
export function equal(left: Value, right: Value, into: (depth: number) => void, depth = 0): boolean {
  into(depth)
  // Comparing a bigint with a number in this way does not round, and NaN stays unequal.
  if (isNumber(left) && isNumber(right)) return left <= right && left >= right
  const same = (one: Value, other: Value | undefined): boolean => other !== undefined && equal(one, other, into, depth + 1)
  if (isArray(left) && isArray(right)) return left.length === right.length && left.every((item, index) => same(item, right[index]))
  if (isMap(left) && isMap(right)) return left.size === right.size && [...left].every(([key, item]) => same(item, right.get(key)))
  return left === right
}
