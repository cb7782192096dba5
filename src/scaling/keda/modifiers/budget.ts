import { FormulaFault } from './fault.ts'

const MOST_STEPS = 200_000
const DEEPEST = 1_000
const MOST_CELLS = 1_000_000

/** What one evaluation may cost, so that every formula ends soon. */
export class Budget {
  private steps = MOST_STEPS
  private cells = MOST_CELLS

  step(at: number): void {
    this.steps--
    if (this.steps < 0) throw new FormulaFault(at, `the formula takes more than ${MOST_STEPS} steps`, 'use smaller ranges')
  }

  /** A step into an array inside of arrays: values may hold each other deeper, and more often, than they were made. */
  into(at: number, depth: number): void {
    this.step(at)
    if (depth > DEEPEST) throw new FormulaFault(at, `arrays are nested more than ${DEEPEST} deep`, 'a formula computes with numbers')
  }

  /** Elements of arrays and letters of texts that are made. */
  cell(at: number, count: number): void {
    this.cells -= count
    if (this.cells < 0) throw new FormulaFault(at, `the formula makes more than ${MOST_CELLS} values`, 'use smaller ranges')
  }
}
