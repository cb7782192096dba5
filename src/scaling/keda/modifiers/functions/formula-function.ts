import type { Budget } from '../budget.ts'
import { FormulaFault } from '../fault.ts'
import type { StaticType } from '../static-type.ts'
import { typeText } from '../static-type.ts'
import { typeOf, type Value } from '../value.ts'

export interface Call {
  readonly name: string
  readonly at: number
  readonly budget: Budget
}

/** A function of the language that takes values only. */
export interface FormulaFunction {
  /** How it is called, for hints. */
  readonly usage: string
  readonly least: number
  /** Absent: as many as one likes. */
  readonly most?: number
  /** The type of what it gives; undefined: the arguments do not fit. */
  type(args: readonly StaticType[]): StaticType | undefined
  run(args: readonly Value[], call: Call): Value
}

export function refuse(call: Call, value: Value, wanted: string): FormulaFault {
  return new FormulaFault(call.at, `${call.name} needs ${wanted}, not ${typeText(typeOf(value))}`)
}

/** Whether a type may turn out to be one of these. */
export function maybe(type: StaticType | undefined, ...kinds: readonly ('number' | 'array' | StaticType)[]): boolean {
  if (type === undefined || type === 'unknown') return true
  if (typeof type === 'object') return kinds.includes('array')
  return kinds.includes(type) || (kinds.includes('number') && (type === 'int' || type === 'float'))
}
