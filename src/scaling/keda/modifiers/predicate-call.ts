import { compute } from './arithmetic.ts'
import { FormulaFault } from './fault.ts'
import { items, sorted } from './functions/arrays.ts'
import type { PredicateFunction } from './functions/catalogue.ts'
import type { Call } from './functions/formula-function.ts'
import { refuse } from './functions/formula-function.ts'
import type { Value } from './value.ts'

/** Evaluates a predicate for what its pointers stand for. */
export type Ask = (pointers: ReadonlyMap<string, Value>) => Value

/** Functions that go through an array with a predicate (upstream: expr-lang/expr compiler). */
export function runPredicate(name: PredicateFunction, args: readonly Value[], ask: Ask | undefined, call: Call): Value {
  const of = items(args[0] ?? null, call)
  const give = (item: Value, index: number): Value => {
    call.budget.step(call.at)
    return ask === undefined
      ? item
      : ask(
          new Map<string, Value>([
            ['', item],
            ['index', BigInt(index)],
          ]),
        )
  }
  const holds = (item: Value, index: number): boolean => truth(give(item, index), call)
  switch (name) {
    case 'all':
      return of.every(holds)
    case 'any':
      return of.some(holds)
    case 'none':
      return !of.some(holds)
    case 'one':
      return of.filter(holds).length === 1
    case 'count':
      return BigInt(of.filter(holds).length)
    case 'filter':
      return made(of.filter(holds), call)
    case 'map':
      return made(of.map(give), call)
    case 'find':
      return of.find(holds) ?? null
    case 'findLast':
      return of.findLast(holds) ?? null
    case 'findIndex':
      return place(of.findIndex(holds))
    case 'findLastIndex':
      return place(of.findLastIndex(holds))
    case 'sum':
      return of.reduce<Value>((sum, item, index) => compute('+', sum, give(item, index), call.at), 0n)
    case 'sortBy':
      return made(
        sorted(of, (item) => give(item, 0), args[1] ?? 'asc', call),
        call,
      )
    case 'groupBy':
      return grouped(of, give, call)
    case 'reduce':
      return reduced(of, args.slice(1), ask, call)
  }
}

/** nil where there is none, not -1. */
function place(index: number): Value {
  return index < 0 ? null : BigInt(index)
}

function truth(value: Value, call: Call): boolean {
  if (typeof value === 'boolean') return value
  throw refuse(call, value, 'true or false from its predicate')
}

function made(values: readonly Value[], call: Call): readonly Value[] {
  call.budget.cell(call.at, values.length)
  return values
}

function grouped(of: readonly Value[], give: (item: Value, index: number) => Value, call: Call): Value {
  const groups = new Map<Value, Value[]>()
  of.forEach((item, index) => {
    const key = give(item, index)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  })
  call.budget.cell(call.at, of.length)
  return groups
}

/** Without an initial value the first element is it. */
function reduced(of: readonly Value[], extra: readonly Value[], ask: Ask | undefined, call: Call): Value {
  const given = extra.length > 0
  if (!given && of.length === 0)
    throw new FormulaFault(call.at, 'reduce has nothing to begin with', 'give an initial value: reduce(array, #acc + #, 0)')
  let acc = (given ? extra[0] : of[0]) ?? null
  for (let index = given ? 0 : 1; index < of.length; index++) {
    call.budget.step(call.at)
    const pointers = new Map<string, Value>([
      ['', of[index] ?? null],
      ['index', BigInt(index)],
      ['acc', acc],
    ])
    acc = ask?.(pointers) ?? null
  }
  return acc
}
