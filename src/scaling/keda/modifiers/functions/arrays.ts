import { ordered } from '../arithmetic.ts'
import { FormulaFault } from '../fault.ts'
import { arrayOf, isArrayType, type StaticType } from '../static-type.ts'
import { equal, isArray, isMap, isNumber, type Value } from '../value.ts'
import { type Call, type FormulaFunction, maybe, refuse } from './formula-function.ts'

const anyArray = arrayOf('unknown')

/** Functions over arrays (upstream: expr-lang/expr builtin); those with a predicate are in predicate-call.ts. */
export const arrayFunctions: Readonly<Record<string, FormulaFunction>> = {
  len: {
    usage: 'len([a, b])',
    least: 1,
    most: 1,
    type: ([of]) => (maybe(of, 'array', 'map', 'string') ? 'int' : undefined),
    run: ([value = null], call) => BigInt(lengthOf(value, call)),
  },
  first: { ...element('first([a, b])'), run: ([value = null], call) => items(value, call)[0] ?? null },
  last: { ...element('last([a, b])'), run: ([value = null], call) => items(value, call).at(-1) ?? null },
  get: {
    usage: 'get(array, 0)',
    least: 2,
    most: 2,
    type: ([of, key]) => (fits(of, key) ? elementType(of) : undefined),
    run: ([of = null, key = null], call) => {
      if (of === null) return null
      if (isMap(of)) return of.get(key) ?? null
      if (!isNumber(key)) throw refuse(call, key, 'a whole number as its second argument')
      return items(of, call).at(Number(key)) ?? null
    },
  },
  take: {
    usage: 'take([a, b], 1)',
    least: 2,
    most: 2,
    type: ([of, count]) => (maybe(of, 'array') && maybe(count, 'int') ? anyArray : undefined),
    run: ([of = null, count = null], call) => {
      if (typeof count !== 'bigint' || count < 0n) throw refuse(call, count, 'a whole number from 0 as its second argument')
      return items(of, call).slice(0, Number(count))
    },
  },
  reverse: { ...same('reverse([a, b])'), run: ([value = null], call) => items(value, call).toReversed() },
  uniq: { ...same('uniq([a, b])'), run: ([value = null], call) => distinct(items(value, call), call) },
  flatten: { ...same('flatten([[a], [b]])'), run: ([value = null], call) => flatten(items(value, call), call) },
  concat: {
    usage: 'concat([a], [b])',
    least: 1,
    type: (args) => (args.every((argument) => maybe(argument, 'array')) ? anyArray : undefined),
    run: (args, call) => {
      const whole = args.flatMap((argument) => items(argument, call))
      call.budget.cell(call.at, whole.length)
      return whole
    },
  },
  sort: {
    usage: 'sort([a, b], "desc")',
    least: 1,
    most: 2,
    type: ([of, order]) => (maybe(of, 'array') && maybe(order, 'string') ? anyArray : undefined),
    run: ([of = null, order = 'asc'], call) => sorted(items(of, call), (item) => item, order, call),
  },
}

/** What is unknown fits everywhere. */
function fits(of: StaticType | undefined, key: StaticType | undefined): boolean {
  if (of === undefined || of === 'unknown') return true
  return isArrayType(of) ? maybe(key, 'int') : of === 'map' && maybe(key, 'string')
}

function element(usage: string): Omit<FormulaFunction, 'run'> {
  return { usage, least: 1, most: 1, type: ([of]) => (maybe(of, 'array') ? 'unknown' : undefined) }
}

function same(usage: string): Omit<FormulaFunction, 'run'> {
  return { usage, least: 1, most: 1, type: ([of]) => (maybe(of, 'array') ? anyArray : undefined) }
}

function elementType(of: StaticType | undefined): StaticType {
  return of !== undefined && isArrayType(of) ? of.array : 'unknown'
}

export function items(value: Value, call: Call): readonly Value[] {
  if (!isArray(value)) throw refuse(call, value, 'an array')
  return value
}

function lengthOf(value: Value, call: Call): number {
  if (typeof value === 'string') return [...value].length
  if (isMap(value)) return value.size
  if (!isArray(value)) throw refuse(call, value, 'an array, a map or a text')
  return value.length
}

function distinct(of: readonly Value[], call: Call): readonly Value[] {
  const kept: Value[] = []
  for (const item of of) {
    const known = kept.some((other) => equal(item, other, (depth) => call.budget.into(call.at, depth)))
    if (!known) kept.push(item)
  }
  return kept
}

function flatten(of: readonly Value[], call: Call, depth = 0): readonly Value[] {
  const whole: Value[] = []
  for (const item of of) {
    call.budget.into(call.at, depth)
    if (isArray(item)) for (const inner of flatten(item, call, depth + 1)) whole.push(inner)
    else whole.push(item)
  }
  call.budget.cell(call.at, whole.length)
  return whole
}

/** By a key of each element; equal ones keep their order. */
export function sorted(of: readonly Value[], key: (item: Value) => Value, order: Value, call: Call): readonly Value[] {
  if (order !== 'asc' && order !== 'desc')
    throw new FormulaFault(call.at, `${call.name} sorts "asc" or "desc"`, 'for example sort([a, b], "desc")')
  const keyed = of.map((item) => ({ item, key: key(item) }))
  const before = (left: Value, right: Value): boolean => {
    call.budget.step(call.at)
    return ordered('<', left, right, call.at)
  }
  const direction = order === 'asc' ? 1 : -1
  const compare = (left: Value, right: Value): number => (before(left, right) ? -direction : before(right, left) ? direction : 0)
  return keyed.sort((left, right) => compare(left.key, right.key)).map(({ item }) => item)
}
