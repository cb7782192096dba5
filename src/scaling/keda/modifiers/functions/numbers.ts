import { asInt, floatToInt } from '../arithmetic.ts'
import { FormulaFault } from '../fault.ts'
import { isArrayType, type StaticType } from '../static-type.ts'
import { isArray, isNumber, type NumberValue, type Value } from '../value.ts'
import { type Call, type FormulaFunction, maybe, refuse } from './formula-function.ts'

/** Functions over numbers (upstream: expr-lang/expr builtin); those of many take numbers and arrays of them, nested as one likes. */
export const numberFunctions: Readonly<Record<string, FormulaFunction>> = {
  max: ofMany('max(a, b)', (numbers) => extreme(numbers, (best, next) => next > best)),
  min: ofMany('min(a, b)', (numbers) => extreme(numbers, (best, next) => next < best)),
  mean: ofMany('mean([a, b])', (numbers) => (numbers.length === 0 ? 0 : total(numbers) / numbers.length)),
  median: ofMany('median([a, b, c])', middle),
  abs: ofOne(
    'abs(a)',
    (type) => type,
    (value) => (typeof value === 'bigint' ? asInt(value < 0n ? -value : value) : Math.abs(value)),
  ),
  ceil: ofOne(
    'ceil(a)',
    () => 'float',
    (value) => Math.ceil(Number(value)),
  ),
  floor: ofOne(
    'floor(a)',
    () => 'float',
    (value) => Math.floor(Number(value)),
  ),
  round: ofOne(
    'round(a)',
    () => 'float',
    (value) => roundAway(Number(value)),
  ),
  int: { ...conversion('int(a)', 'int'), run: ([value = null], call) => toInt(value, call) },
  float: { ...conversion('float(a)', 'float'), run: ([value = null], call) => toFloat(value, call) },
}

function ofOne(usage: string, type: (argument: StaticType) => StaticType, run: (value: NumberValue) => NumberValue): FormulaFunction {
  return {
    usage,
    least: 1,
    most: 1,
    type: ([argument = 'unknown']) => (maybe(argument, 'number') ? type(argument) : undefined),
    run: ([value = null], call) => {
      if (!isNumber(value)) throw refuse(call, value, 'a number')
      return run(value)
    },
  }
}

function ofMany(usage: string, run: (numbers: readonly NumberValue[]) => Value): FormulaFunction {
  return {
    usage,
    least: 1,
    type: (args) => {
      for (const argument of args) {
        if (isArrayType(argument) || argument === 'unknown') return 'unknown'
        if (!maybe(argument, 'number')) return undefined
      }
      return args[0]
    },
    run: (args, call) => run(flat(args, call)),
  }
}

function flat(values: readonly Value[], call: Call, depth = 0): readonly NumberValue[] {
  const numbers: NumberValue[] = []
  for (const value of values) {
    call.budget.into(call.at, depth)
    if (isArray(value)) for (const inner of flat(value, call, depth + 1)) numbers.push(inner)
    else if (isNumber(value)) numbers.push(value)
    else throw refuse(call, value, 'numbers')
  }
  return numbers
}

/** Of equal ones the first; nil when there is none. */
function extreme(numbers: readonly NumberValue[], better: (best: NumberValue, next: NumberValue) => boolean): Value {
  let best: NumberValue | undefined
  for (const next of numbers) if (best === undefined || better(best, next)) best = next
  return best ?? null
}

function total(numbers: readonly NumberValue[]): number {
  return numbers.reduce<number>((sum, next) => sum + Number(next), 0)
}

function middle(numbers: readonly NumberValue[]): number {
  const sorted = numbers.map(Number).sort((left, right) => left - right)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2
}

/** Halves go away from zero, where JavaScript's go up. */
function roundAway(value: number): number {
  const whole = Math.trunc(value)
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole
}

function conversion(usage: string, type: StaticType): Omit<FormulaFunction, 'run'> {
  return { usage, least: 1, most: 1, type: ([argument = 'unknown']) => (maybe(argument, 'number', 'string') ? type : undefined) }
}

function toInt(value: Value, call: Call): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return floatToInt(value)
  if (typeof value !== 'string') throw refuse(call, value, 'a number or a text with one')
  const whole = /^[+-]?\d{1,19}$/.test(value) ? BigInt(value.replace('+', '')) : undefined
  if (whole === undefined || asInt(whole) !== whole)
    throw new FormulaFault(call.at, `int(${JSON.stringify(value)}): this is no whole number`)
  return whole
}

function toFloat(value: Value, call: Call): number {
  if (isNumber(value)) return Number(value)
  if (typeof value !== 'string') throw refuse(call, value, 'a number or a text with one')
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) return Number(value)
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(value)
  if (word === null) throw new FormulaFault(call.at, `float(${JSON.stringify(value)}): this is no number`)
  if (word[2]?.toLowerCase() === 'nan') return Number.NaN
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}
