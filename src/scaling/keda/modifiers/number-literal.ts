import { FormulaFault } from './fault.ts'
import type { Node } from './node.ts'
import type { Token } from './token.ts'

const LARGEST = 2n ** 63n - 1n

/** `42`, `0x2A`, `0o52`, `0b101010`, `1_000` are whole; a point or an exponent makes it a float. */
export function numberNode({ text, at }: Token): Node {
  const digits = text.replaceAll('_', '')
  const based = /^0[xXoObB]/.test(digits)
  if (!based && /[.eE]/.test(digits)) {
    const value = /^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(digits) ? Number(digits) : Number.NaN
    if (Number.isNaN(value)) throw new FormulaFault(at, `"${text}" is no number`, 'write it as 0.5 or 1e3')
    if (value === Number.POSITIVE_INFINITY) throw new FormulaFault(at, `${text} is too large`, 'the largest is about 1.8e308')
    return { is: 'float', value, at }
  }
  if (based ? !/^0[xX][0-9a-fA-F]+$|^0[oO][0-7]+$|^0[bB][01]+$/.test(digits) : !/^\d+$/.test(digits)) {
    throw new FormulaFault(at, `"${text}" is no number`, 'digits are missing after the prefix')
  }
  const value = BigInt(based ? digits.toLowerCase() : digits)
  if (value > LARGEST)
    throw new FormulaFault(at, `${text} is too large for a whole number`, `the largest is ${LARGEST}; write it as a float (1e20)`)
  return { is: 'int', value, at }
}
