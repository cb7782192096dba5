/** Why a formula cannot be read or evaluated; thrown and caught inside this folder only. */
export class FormulaFault extends Error {
  /** Offset in the formula as it was wrapped. */
  readonly at: number
  readonly hint: string | undefined

  constructor(at: number, message: string, hint?: string) {
    super(message)
    this.at = at
    this.hint = hint
  }
}

/** What a person is told about a formula. */
export interface FormulaProblem {
  /** From 1. */
  readonly line: number
  /** In characters, from 1. */
  readonly column: number
  readonly message: string
  readonly hint?: string
}

export function problemOf(fault: FormulaFault, formula: string, offset: number): FormulaProblem {
  const at = Math.min(Math.max(fault.at - offset, 0), formula.length)
  const before = formula.slice(0, at)
  const line = before.split('\n')
  const column = [...(line.at(-1) ?? '')].length + 1
  return { line: line.length, column, message: fault.message, ...(fault.hint === undefined ? {} : { hint: fault.hint }) }
}
