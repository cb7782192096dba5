import { FormulaFault } from '../fault.ts'
import { arrayOf, type StaticType } from '../static-type.ts'
import { isArray, isMap, type Value } from '../value.ts'
import { items } from './arrays.ts'
import { type Call, type FormulaFunction, maybe, refuse } from './formula-function.ts'

/** Functions over maps (upstream: expr-lang/expr builtin); keys keep the order in which they were written. */
export const mapFunctions: Readonly<Record<string, FormulaFunction>> = {
  keys: { ...ofMap('keys({a: 1})', arrayOf('unknown')), run: ([value = null], call) => [...entries(value, call).keys()] },
  values: { ...ofMap('values({a: 1})', arrayOf('unknown')), run: ([value = null], call) => [...entries(value, call).values()] },
  toPairs: {
    ...ofMap('toPairs({a: 1})', arrayOf('unknown')),
    run: ([value = null], call) => [...entries(value, call)].map((pair) => [...pair]),
  },
  fromPairs: {
    usage: 'fromPairs([["a", 1]])',
    least: 1,
    most: 1,
    type: ([of]) => (maybe(of, 'array') ? 'map' : undefined),
    run: ([value = null], call) => new Map(items(value, call).map((pair) => twoOf(pair, call))),
  },
}

function ofMap(usage: string, type: StaticType): Omit<FormulaFunction, 'run'> {
  return { usage, least: 1, most: 1, type: ([of]) => (maybe(of, 'map') ? type : undefined) }
}

function entries(value: Value, call: Call): ReadonlyMap<Value, Value> {
  if (!isMap(value)) throw refuse(call, value, 'a map')
  return value
}

function twoOf(pair: Value, call: Call): readonly [Value, Value] {
  const [key, item] = isArray(pair) ? pair : []
  if (key === undefined || item === undefined) throw new FormulaFault(call.at, 'fromPairs needs an array of pairs', 'fromPairs([["a", 1]])')
  return [key, item]
}
