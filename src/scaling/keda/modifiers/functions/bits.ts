import { asInt } from '../arithmetic.ts'
import { FormulaFault } from '../fault.ts'
import type { Value } from '../value.ts'
import { type Call, type FormulaFunction, maybe, refuse } from './formula-function.ts'

/** Functions over the 64 bits of whole numbers (upstream: expr-lang/expr builtin). */
export const bitFunctions: Readonly<Record<string, FormulaFunction>> = {
  bitand: ofBits('bitand(5, 3)', 2, ([left, right]) => left & right),
  bitor: ofBits('bitor(5, 3)', 2, ([left, right]) => left | right),
  bitxor: ofBits('bitxor(5, 3)', 2, ([left, right]) => left ^ right),
  bitnand: ofBits('bitnand(5, 3)', 2, ([left, right]) => left & ~right),
  bitshl: ofBits('bitshl(1, 3)', 2, ([left, right], call) => left << BigInt(shift(right, call))),
  bitshr: ofBits('bitshr(8, 3)', 2, ([left, right], call) => left >> BigInt(shift(right, call))),
  bitushr: ofBits('bitushr(8, 3)', 2, ([left, right], call) => BigInt.asUintN(64, left) >> BigInt(shift(right, call))),
  bitnot: ofBits('bitnot(5)', 1, ([value]) => ~value),
}

function ofBits(usage: string, count: number, run: (args: readonly [bigint, bigint], call: Call) => bigint): FormulaFunction {
  return {
    usage,
    least: count,
    most: count,
    type: (args) => (args.every((argument) => maybe(argument, 'int')) ? 'int' : undefined),
    run: (args, call) => asInt(run([whole(args[0], call), count === 1 ? 0n : whole(args[1], call)], call)),
  }
}

function whole(value: Value | undefined, call: Call): bigint {
  if (typeof value !== 'bigint') throw refuse(call, value ?? null, 'whole numbers')
  return value
}

/** All bits are gone after 64. */
function shift(by: bigint, call: Call): number {
  if (by < 0n) throw new FormulaFault(call.at, `${call.name} cannot shift by ${by}`, 'shift by 0 or more')
  return by > 64n ? 64 : Number(by)
}
