import { arrayFunctions } from './arrays.ts'
import { bitFunctions } from './bits.ts'
import type { FormulaFunction } from './formula-function.ts'
import { mapFunctions } from './maps.ts'
import { numberFunctions } from './numbers.ts'
import { textFunctions } from './texts.ts'

/** Functions that take values; by name. */
export const FUNCTIONS: ReadonlyMap<string, FormulaFunction> = new Map(
  [numberFunctions, arrayFunctions, textFunctions, mapFunctions, bitFunctions].flatMap((group) => Object.entries(group)),
)

/** Functions that ask a predicate about each element. */
export const PREDICATE_FUNCTIONS = [
  'all',
  'none',
  'any',
  'one',
  'filter',
  'map',
  'count',
  'sum',
  'find',
  'findIndex',
  'findLast',
  'findLastIndex',
  'groupBy',
  'sortBy',
  'reduce',
] as const

export type PredicateFunction = (typeof PREDICATE_FUNCTIONS)[number]

export function isPredicateFunction(name: string): name is PredicateFunction {
  return (PREDICATE_FUNCTIONS as readonly string[]).includes(name)
}

/** Documented, and left out: they depend on the time of day, or have no use for numbers. */
export const LEFT_OUT: ReadonlySet<string> = new Set([
  'now',
  'date',
  'duration',
  'timezone',
  'toJSON',
  'fromJSON',
  'toBase64',
  'fromBase64',
  'splitAfter',
])
