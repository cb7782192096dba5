import { compute, negate, ordered, toWhole } from './arithmetic.ts'
import { Budget } from './budget.ts'
import { FormulaFault } from './fault.ts'
import { FUNCTIONS, isPredicateFunction } from './functions/catalogue.ts'
import type { Node } from './node.ts'
import { runPredicate } from './predicate-call.ts'
import { typeText } from './static-type.ts'
import { equal, isArray, isMap, isNumber, typeOf, type Value } from './value.ts'

type Of<K extends Node['is']> = Extract<Node, { is: K }>

interface Scope {
  readonly names: ReadonlyMap<string, Value>
  /** `#`, `#index` and `#acc`, by what follows the `#`. */
  readonly pointers?: ReadonlyMap<string, Value>
}

/** What a checked formula gives for these values; throws a FormulaFault. Rules as upstream's (expr-lang/expr vm). */
export function evaluateTree(tree: Node, values: ReadonlyMap<string, Value>): Value {
  return new Evaluator(values).value(tree, { names: values })
}

/** Where a `?.` met nil. */
const NOTHING = Symbol('nothing')

class Evaluator {
  private readonly env: ReadonlyMap<string, Value>
  private readonly budget = new Budget()

  constructor(env: ReadonlyMap<string, Value>) {
    this.env = env
  }

  value(node: Node, scope: Scope): Value {
    this.budget.step(node.at)
    switch (node.is) {
      case 'nil':
        return null
      case 'bool':
      case 'int':
      case 'float':
      case 'string':
        return node.value
      case 'name':
        return node.name === '$env' ? this.env : (scope.names.get(node.name) ?? null)
      case 'pointer':
        return scope.pointers?.get(node.name) ?? null
      case 'unary':
        return this.unary(node, scope)
      case 'binary':
        return this.binary(node, scope)
      case 'choice':
        return this.truth(node.test, scope) ? this.value(node.yes, scope) : this.value(node.no, scope)
      case 'array':
        this.budget.cell(node.at, node.items.length)
        return node.items.map((item) => this.value(item, scope))
      case 'map':
        return new Map(node.entries.map(([key, item]) => [this.value(key, scope), this.value(item, scope)]))
      case 'element':
        return this.whole(node, this.element(node, scope))
      case 'chain': {
        const end = node.of.is === 'element' ? this.element(node.of, scope) : this.value(node.of, scope)
        return end === NOTHING ? null : end
      }
      case 'slice':
        return this.slice(node, scope)
      case 'call':
        return this.call(node, scope)
      case 'let':
        return this.value(node.body, { ...scope, names: new Map([...scope.names, [node.name, this.value(node.value, scope)]]) })
      case 'sequence':
        return node.items.map((item) => this.value(item, scope)).at(-1) ?? null
    }
  }

  private truth(node: Node, scope: Scope): boolean {
    const value = this.value(node, scope)
    if (typeof value === 'boolean') return value
    throw new FormulaFault(node.at, `true or false is needed here, not ${typeText(typeOf(value))}`)
  }

  private unary(node: Of<'unary'>, scope: Scope): Value {
    if (node.sign === 'not') return !this.truth(node.of, scope)
    const value = this.value(node.of, scope)
    return node.sign === '-' ? negate(value, node.at) : value
  }

  private binary(node: Of<'binary'>, scope: Scope): Value {
    const { sign, at } = node
    if (sign === 'and') return this.truth(node.left, scope) && this.truth(node.right, scope)
    if (sign === 'or') return this.truth(node.left, scope) || this.truth(node.right, scope)
    const left = this.value(node.left, scope)
    if (sign === '??') return left ?? this.value(node.right, scope)
    const right = this.value(node.right, scope)
    switch (sign) {
      case '==':
        return this.same(left, right, at)
      case '!=':
        return !this.same(left, right, at)
      case '<':
      case '>':
      case '<=':
      case '>=':
        return ordered(sign, left, right, at)
      case 'in':
        return this.contained(left, right, at)
      case '..':
        return this.range(left, right, at)
      case 'contains':
      case 'startsWith':
      case 'endsWith':
        return textTest(sign, left, right, at)
      default: {
        const result = compute(sign, left, right, at)
        if (typeof result === 'string') this.budget.cell(at, result.length)
        return result
      }
    }
  }

  private contained(item: Value, of: Value, at: number): boolean {
    if (of === null) return false
    if (isMap(of)) return of.has(item)
    if (!isArray(of)) throw new FormulaFault(at, `"in" looks into arrays and maps, not into ${typeText(typeOf(of))}`)
    return of.some((other) => this.same(other, item, at))
  }

  private same(left: Value, right: Value, at: number): boolean {
    return equal(left, right, (depth) => this.budget.into(at, depth))
  }

  private range(from: Value, to: Value, at: number): Value {
    if (!isNumber(from) || !isNumber(to)) throw new FormulaFault(at, '".." needs two whole numbers', 'for example 1..3')
    const first = toWhole(from)
    const last = toWhole(to)
    const count = last < first ? 0 : Number(last - first) + 1
    this.budget.cell(at, count)
    return Array.from({ length: count }, (_, index) => first + BigInt(index))
  }

  private whole(node: Of<'element'>, value: Value | typeof NOTHING): Value {
    if (value !== NOTHING) return value
    throw new FormulaFault(node.at, 'nil has no parts')
  }

  private element(node: Of<'element'>, scope: Scope): Value | typeof NOTHING {
    const of = node.of.is === 'element' ? this.element(node.of, scope) : this.value(node.of, scope)
    if (of === NOTHING || (of === null && node.optional)) return NOTHING
    const key = this.value(node.key, scope)
    if (isMap(of)) return of.get(key) ?? null
    if (isArray(of)) {
      const found = typeof key === 'bigint' || typeof key === 'number' ? of.at(Number(key)) : undefined
      if (found !== undefined) return found
      throw new FormulaFault(node.key.at, `the array has ${of.length} elements, none at ${String(key)}`, 'the first is 0, the last -1')
    }
    throw new FormulaFault(node.at, `${typeText(typeOf(of))} has no parts`)
  }

  private slice(node: Of<'slice'>, scope: Scope): Value {
    const of = this.value(node.of, scope)
    const bounds = [node.from, node.to].map((bound) => (bound === undefined ? undefined : this.value(bound, scope)))
    if (!bounds.every((bound) => bound === undefined || typeof bound === 'bigint')) {
      throw new FormulaFault(node.at, 'a place in an array is a whole number', 'array[1:3]')
    }
    const [from, to] = bounds.map((bound) => (bound === undefined ? undefined : Number(bound)))
    if (isArray(of) || typeof of === 'string') return of.slice(from, to)
    throw new FormulaFault(node.at, `${typeText(typeOf(of))} has no parts`)
  }

  private call(node: Of<'call'>, scope: Scope): Value {
    const { name, at, predicate } = node
    const args = node.args.map((argument) => this.value(argument, scope))
    const call = { name, at, budget: this.budget }
    if (isPredicateFunction(name)) {
      const ask =
        predicate === undefined ? undefined : (pointers: ReadonlyMap<string, Value>) => this.value(predicate, { ...scope, pointers })
      return runPredicate(name, args, ask, call)
    }
    const callee = FUNCTIONS.get(name)
    if (callee === undefined) throw new FormulaFault(at, `there is no function "${name}"`)
    return callee.run(args, call)
  }
}

function textTest(sign: 'contains' | 'startsWith' | 'endsWith', left: Value, right: Value, at: number): boolean {
  if (typeof left !== 'string' || typeof right !== 'string') {
    if (left === null || right === null) return false
    throw new FormulaFault(at, `"${sign}" compares texts, not ${typeText(typeOf(left))} and ${typeText(typeOf(right))}`)
  }
  if (sign === 'contains') return left.includes(right)
  return sign === 'startsWith' ? left.startsWith(right) : left.endsWith(right)
}
