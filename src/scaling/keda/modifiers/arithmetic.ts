import { FormulaFault } from './fault.ts'
import type { BinarySign } from './node.ts'
import { typeText } from './static-type.ts'
import { isNumber, type NumberValue, typeOf, type Value } from './value.ts'

const SMALLEST = -(2n ** 63n)

export function asInt(value: bigint): bigint {
  return BigInt.asIntN(64, value)
}

/** Cuts the fraction off; what does not fit becomes the smallest whole number, as on the machines KEDA runs on. */
export function floatToInt(value: number): bigint {
  if (!(Math.abs(value) < 2 ** 63)) return SMALLEST
  return BigInt(Math.trunc(value))
}

export function toWhole(value: NumberValue): bigint {
  return typeof value === 'bigint' ? value : floatToInt(value)
}

/** `+ - * / % **` (upstream: expr-lang/expr vm/runtime): two whole numbers stay whole but for `/` and `**`. */
export function compute(sign: BinarySign, left: Value, right: Value, at: number): Value {
  if (sign === '+' && typeof left === 'string' && typeof right === 'string') return left + right
  if (!isNumber(left) || !isNumber(right)) throw unfit(sign, left, right, at)
  switch (sign) {
    case '+':
      return bothInt(left, right) ? asInt(left + (right as bigint)) : Number(left) + Number(right)
    case '-':
      return bothInt(left, right) ? asInt(left - (right as bigint)) : Number(left) - Number(right)
    case '*':
      return bothInt(left, right) ? asInt(left * (right as bigint)) : Number(left) * Number(right)
    case '/':
      return Number(left) / Number(right)
    case '%':
      return modulo(left, right, at)
    default:
      return power(Number(left), Number(right))
  }
}

function bothInt(left: NumberValue, right: NumberValue): left is bigint {
  return typeof left === 'bigint' && typeof right === 'bigint'
}

function modulo(left: NumberValue, right: NumberValue, at: number): bigint {
  if (typeof left !== 'bigint' || typeof right !== 'bigint') throw unfit('%', left, right, at)
  if (right === 0n) throw new FormulaFault(at, '"%" divides by zero', 'the right side must not be 0')
  return left % right
}

/** Where JavaScript says NaN, Go says 1. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1
  return base ** exponent
}

export function negate(value: Value, at: number): Value {
  if (typeof value === 'bigint') return asInt(-value)
  if (typeof value === 'number') return -value
  throw new FormulaFault(at, `"-" needs a number, not ${typeText(typeOf(value))}`, nilHint(value))
}

/** `< > <= >=`; nothing is below, above or equal to NaN. */
export function ordered(sign: '<' | '>' | '<=' | '>=', left: Value, right: Value, at: number): boolean {
  if (typeof left === 'string' && typeof right === 'string') return inOrder(sign, left, right)
  if (!isNumber(left) || !isNumber(right)) throw unfit(sign, left, right, at)
  return inOrder(sign, left, right)
}

function inOrder(sign: '<' | '>' | '<=' | '>=', left: NumberValue | string, right: NumberValue | string): boolean {
  switch (sign) {
    case '<':
      return left < right
    case '>':
      return left > right
    case '<=':
      return left <= right
    case '>=':
      return left >= right
  }
}

function unfit(sign: string, left: Value, right: Value, at: number): FormulaFault {
  const message = `"${sign}" cannot be used with ${typeText(typeOf(left))} and ${typeText(typeOf(right))}`
  return new FormulaFault(at, message, nilHint(left) ?? nilHint(right) ?? (sign === '%' ? MODULO_HINT : undefined))
}

export const MODULO_HINT = 'what a trigger gives is a float, and "%" takes whole numbers: write int(a) % 2'

function nilHint(value: Value): string | undefined {
  return value === null ? 'nil is what a failing trigger gives: write (a ?? 0) for a value in its place' : undefined
}
