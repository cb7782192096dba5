/** What is known of a value before it is computed; `unknown` fits everywhere. */
export type StaticType = 'int' | 'float' | 'bool' | 'string' | 'nil' | 'map' | 'unknown' | ArrayType

export interface ArrayType {
  readonly array: StaticType
}

export function arrayOf(array: StaticType): ArrayType {
  return { array }
}

export function isArrayType(type: StaticType): type is ArrayType {
  return typeof type === 'object'
}

export function isNumberType(type: StaticType): boolean {
  return type === 'int' || type === 'float'
}

export function sameType(left: StaticType, right: StaticType): boolean {
  return isArrayType(left) && isArrayType(right) ? sameType(left.array, right.array) : left === right
}

const WORDS = {
  int: 'a whole number',
  float: 'a number',
  bool: 'true or false',
  string: 'a text',
  nil: 'nil',
  map: 'a map',
  unknown: 'a value',
} as const

export function typeText(type: StaticType): string {
  return isArrayType(type) ? 'an array' : WORDS[type]
}
