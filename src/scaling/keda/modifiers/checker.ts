import { nearestName } from '../../../kernel/nearest.ts'
import { MODULO_HINT } from './arithmetic.ts'
import { FormulaFault } from './fault.ts'
import { FUNCTIONS, isPredicateFunction, LEFT_OUT, PREDICATE_FUNCTIONS, type PredicateFunction } from './functions/catalogue.ts'
import { maybe } from './functions/formula-function.ts'
import type { Node } from './node.ts'
import { binaryType } from './operator-types.ts'
import { arrayOf, isArrayType, type StaticType, sameType, typeText } from './static-type.ts'

/** What names mean at one place of a formula. */
interface Scope {
  readonly names: ReadonlyMap<string, StaticType>
  /** What `#` stands for; undefined outside of predicates. */
  readonly pointers?: ReadonlyMap<string, StaticType>
}

type Of<K extends Node['is']> = Extract<Node, { is: K }>

/** The type that a formula gives; throws a FormulaFault. Rules as upstream's (expr-lang/expr checker). */
export function checkTree(tree: Node, triggers: readonly string[]): StaticType {
  const known = new Set(triggers)
  return new Checker(known).check(tree, { names: new Map(triggers.map((name) => [name, 'float'])) })
}

class Checker {
  private readonly triggers: ReadonlySet<string>

  constructor(triggers: ReadonlySet<string>) {
    this.triggers = triggers
  }

  check(node: Node, scope: Scope): StaticType {
    switch (node.is) {
      case 'nil':
      case 'bool':
      case 'int':
      case 'float':
      case 'string':
        return node.is
      case 'name':
        return this.nameType(node, scope)
      case 'pointer':
        return pointerType(node, scope)
      case 'unary':
        return unaryType(node, this.check(node.of, scope))
      case 'binary':
        return this.binaryType(node, scope)
      case 'choice':
        return this.choiceType(node, scope)
      case 'array':
        return this.arrayType(node, scope)
      case 'map':
        for (const part of node.entries.flat()) this.check(part, scope)
        return 'map'
      case 'element':
        return this.elementType(node, scope)
      case 'chain':
        return this.check(node.of, scope)
      case 'slice':
        return this.sliceType(node, scope)
      case 'call':
        return this.callType(node, scope)
      case 'let':
        return this.letType(node, scope)
      case 'sequence':
        return node.items.map((item) => this.check(item, scope)).at(-1) ?? 'nil'
    }
  }

  private nameType(node: Of<'name'>, { names }: Scope): StaticType {
    if (node.name === '$env') return 'unknown'
    const type = names.get(node.name)
    if (type !== undefined) return type
    if (FUNCTIONS.has(node.name) || isPredicateFunction(node.name)) {
      throw new FormulaFault(node.at, `${node.name} is a function`, `call it: ${node.name}(...)`)
    }
    throw this.unknownName(node.name, node.at, names.keys())
  }

  private unknownName(name: string, at: number, names: Iterable<string>): FormulaFault {
    const all = [...names]
    const dashed = all.find((known) => known.startsWith(`${name}-`) || known.startsWith(`${name}.`))
    if (dashed !== undefined) {
      return new FormulaFault(
        at,
        `no trigger is named "${name}"`,
        `"${dashed}" reads as a calculation: write $env["${dashed}"], or rename the trigger with _`,
      )
    }
    const near = nearestName(name, all)
    const list = all.length === 0 ? 'no trigger has a name that a formula can use' : `names are ${all.join(', ')}`
    return new FormulaFault(at, `no trigger is named "${name}"`, near === undefined ? list : `did you mean "${near}"?`)
  }

  private binaryType(node: Of<'binary'>, scope: Scope): StaticType {
    const left = this.check(node.left, scope)
    const right = this.check(node.right, scope)
    const type = binaryType(node.sign, left, right)
    if (type !== undefined) return type
    const message = `"${node.sign}" cannot be used with ${typeText(left)} and ${typeText(right)}`
    throw new FormulaFault(node.at, message, node.sign === '%' ? MODULO_HINT : undefined)
  }

  private choiceType(node: Of<'choice'>, scope: Scope): StaticType {
    const test = this.check(node.test, scope)
    if (!maybe(test, 'bool'))
      throw new FormulaFault(node.test.at, `a condition is true or false, not ${typeText(test)}`, 'compare it: a > 0 ? 1 : 2')
    const yes = this.check(node.yes, scope)
    const no = this.check(node.no, scope)
    if (yes === 'nil') return no
    if (no === 'nil' || sameType(yes, no)) return yes
    return isArrayType(yes) && isArrayType(no) ? arrayOf('unknown') : 'unknown'
  }

  private arrayType(node: Of<'array'>, scope: Scope): StaticType {
    const types = node.items.map((item) => this.check(item, scope))
    const [first = 'unknown'] = types
    return arrayOf(types.every((type) => sameType(type, first)) ? first : 'unknown')
  }

  private elementType(node: Of<'element'>, scope: Scope): StaticType {
    const { key } = node
    if (node.of.is === 'name' && node.of.name === '$env') {
      if (key.is !== 'string') return maybe(this.check(key, scope), 'string') ? 'unknown' : failKey(node)
      if (this.triggers.has(key.value)) return 'float'
      if (node.optional) return 'unknown'
      throw this.unknownName(key.value, key.at, this.triggers)
    }
    const of = this.check(node.of, scope)
    const by = this.check(key, scope)
    if (isArrayType(of)) return maybe(by, 'int') ? of.array : failKey(node)
    if (of === 'map') return maybe(by, 'string') ? 'unknown' : failKey(node)
    if (of === 'string' && maybe(by, 'int')) return 'unknown'
    if (of === 'unknown') return 'unknown'
    throw new FormulaFault(
      node.at,
      `${typeText(of)} has no parts`,
      'only arrays and maps have: a point in a trigger\'s name needs $env["my.trigger"]',
    )
  }

  private sliceType(node: Of<'slice'>, scope: Scope): StaticType {
    const of = this.check(node.of, scope)
    if (!maybe(of, 'array', 'string')) throw new FormulaFault(node.at, `${typeText(of)} has no parts`, 'only arrays and texts have')
    for (const bound of [node.from, node.to]) {
      if (bound !== undefined && !maybe(this.check(bound, scope), 'int'))
        throw new FormulaFault(bound.at, 'a place in an array is a whole number', 'array[1:3]')
    }
    return of
  }

  private letType(node: Of<'let'>, scope: Scope): StaticType {
    if (scope.names.has(node.name) || FUNCTIONS.has(node.name) || isPredicateFunction(node.name)) {
      throw new FormulaFault(node.at, `"${node.name}" has a meaning already`, 'give the value of "let" another name')
    }
    const value = this.check(node.value, scope)
    return this.check(node.body, { ...scope, names: new Map([...scope.names, [node.name, value]]) })
  }

  private callType(node: Of<'call'>, scope: Scope): StaticType {
    const { name, at } = node
    if (!node.builtin && this.triggers.has(name)) {
      throw new FormulaFault(
        at,
        `"${name}" is the name of a trigger here, and hides the function`,
        `rename the trigger, or write ::${name}(...)`,
      )
    }
    if (isPredicateFunction(name)) return this.predicateType(node, name, scope)
    const callee = FUNCTIONS.get(name)
    if (callee === undefined) throw this.unknownFunction(node, scope)
    const args = node.args.map((argument) => this.check(argument, scope))
    const few = args.length < callee.least
    if (few || args.length > (callee.most ?? args.length)) {
      const wanted =
        callee.most === undefined
          ? `${callee.least} or more`
          : callee.most === callee.least
            ? `${callee.least}`
            : `${callee.least} or ${callee.most}`
      throw new FormulaFault(at, `${name} takes ${wanted} value${wanted === '1' ? '' : 's'}, not ${args.length}`, `write ${callee.usage}`)
    }
    const type = callee.type(args)
    if (type === undefined)
      throw new FormulaFault(at, `${name} cannot be used with ${args.map(typeText).join(' and ')}`, `write ${callee.usage}`)
    return type
  }

  private unknownFunction({ name, at }: Of<'call'>, { names }: Scope): FormulaFault {
    if (name === '$env' || names.has(name))
      return new FormulaFault(at, `"${name}" is a value, not a function`, `write ${name} * (...) to multiply`)
    if (LEFT_OUT.has(name))
      return new FormulaFault(at, `${name} cannot be used in a formula here`, 'a formula depends on the values of its triggers only')
    const near = name === 'avg' ? 'mean' : nearestName(name, [...FUNCTIONS.keys(), ...PREDICATE_FUNCTIONS])
    return new FormulaFault(at, `there is no function "${name}"`, near === undefined ? undefined : `did you mean "${near}"?`)
  }

  private predicateType(node: Of<'call'>, name: PredicateFunction, scope: Scope): StaticType {
    const [collection, extra] = node.args
    const of = collection === undefined ? 'nil' : this.check(collection, scope)
    if (!maybe(of, 'array'))
      throw new FormulaFault(collection?.at ?? node.at, `${name} needs an array, not ${typeText(of)}`, `write ${name}([a, b], # > 1)`)
    const item = isArrayType(of) ? of.array : 'unknown'
    const extraType = extra === undefined ? undefined : this.check(extra, scope)
    if (name === 'sortBy' && !maybe(extraType, 'string')) throw new FormulaFault(extra?.at ?? node.at, 'sortBy sorts "asc" or "desc"')
    if (node.predicate === undefined) return name === 'count' ? 'int' : item
    const gives = this.check(node.predicate, { ...scope, pointers: pointersOf(name, item) })
    if (gives === 'nil') throw new FormulaFault(node.predicate.at, `the predicate of ${name} gives nothing but nil`)
    if (ASKING.has(name) && !maybe(gives, 'bool')) {
      throw new FormulaFault(
        node.predicate.at,
        `the predicate of ${name} must be true or false, not ${typeText(gives)}`,
        `write ${name}([a, b], # > 1)`,
      )
    }
    return resultOf(name, of, item, gives)
  }
}

const ASKING: ReadonlySet<PredicateFunction> = new Set([
  'all',
  'none',
  'any',
  'one',
  'filter',
  'count',
  'find',
  'findIndex',
  'findLast',
  'findLastIndex',
])

function pointersOf(name: PredicateFunction, item: StaticType): ReadonlyMap<string, StaticType> {
  const pointers: [string, StaticType][] = [['', item]]
  if (name === 'map' || name === 'reduce') pointers.push(['index', 'int'])
  if (name === 'reduce') pointers.push(['acc', 'unknown'])
  return new Map(pointers)
}

function resultOf(name: PredicateFunction, of: StaticType, item: StaticType, gives: StaticType): StaticType {
  switch (name) {
    case 'all':
    case 'none':
    case 'any':
    case 'one':
      return 'bool'
    case 'count':
    case 'findIndex':
    case 'findLastIndex':
      return 'int'
    case 'filter':
      return arrayOf(item)
    case 'map':
      return arrayOf(gives)
    case 'find':
    case 'findLast':
      return item
    case 'sortBy':
      return of
    case 'groupBy':
      return 'unknown'
    default:
      return gives
  }
}

function pointerType(node: Of<'pointer'>, { pointers }: Scope): StaticType {
  const type = pointers?.get(node.name)
  if (type !== undefined) return type
  throw new FormulaFault(node.at, `"#${node.name}" means nothing here`, '"#index" is for map and reduce, "#acc" for reduce')
}

function unaryType(node: Of<'unary'>, of: StaticType): StaticType {
  if (node.sign === 'not' && maybe(of, 'bool')) return 'bool'
  if (node.sign !== 'not' && maybe(of, 'number')) return of
  const wanted = node.sign === 'not' ? 'true or false' : 'a number'
  throw new FormulaFault(node.at, `"${node.sign}" needs ${wanted}, not ${typeText(of)}`)
}

function failKey(node: Of<'element'>): never {
  throw new FormulaFault(node.key.at, 'this index does not fit', 'arrays are asked by whole numbers, maps by texts')
}
