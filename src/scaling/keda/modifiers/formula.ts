import { checkTree } from './checker.ts'
import { evaluateTree } from './evaluator.ts'
import { FormulaFault, type FormulaProblem, problemOf } from './fault.ts'
import type { Node } from './node.ts'
import { parseTree } from './parser.ts'
import type { StaticType } from './static-type.ts'
import type { Value } from './value.ts'
import { wrapFormula } from './wrap.ts'

/** A formula that has been read and checked. Not to be looked into. */
export interface CompiledFormula {
  readonly formula: string
  readonly tree: Node
  readonly offset: number
  readonly type: StaticType
}

export interface CompileFormulaInput {
  readonly formula: string
  /** Names of the triggers that a formula can use. */
  readonly triggers: readonly string[]
}

export type CompileFormulaResult =
  | { readonly ok: true; readonly compiled: CompiledFormula }
  | { readonly ok: false; readonly problem: FormulaProblem }

const LONGEST = 20_000

/**
 * Reads a formula and checks its names and types, as KEDA's admission does. Any text gives a formula or a problem, and neither takes long.
 * Upstream: apis/keda/v1alpha1/scaledobject_webhook.go (validateScalingModifiersFormula); the language is expr-lang/expr.
 */
export function compileFormula({ formula, triggers }: CompileFormulaInput): CompileFormulaResult {
  if (formula.length > LONGEST) {
    const hint = `formulas of up to ${LONGEST} characters are read`
    return { ok: false, problem: { line: 1, column: 1, message: `the formula has ${formula.length} characters`, hint } }
  }
  const { text, offset } = wrapFormula(formula)
  try {
    if (formula.trim() === '') throw new FormulaFault(offset, 'the formula is empty', 'for example (queue + http) / 2')
    const tree = parseTree(text)
    return { ok: true, compiled: { formula, tree, offset, type: checkTree(tree, triggers) } }
  } catch (thrown) {
    return { ok: false, problem: explain(thrown, formula, offset) }
  }
}

export type RunFormulaResult = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: FormulaProblem }

/** What a formula gives for values by trigger name. */
export function runFormula({ formula, tree, offset }: CompiledFormula, values: ReadonlyMap<string, Value>): RunFormulaResult {
  try {
    return { ok: true, value: evaluateTree(tree, values) }
  } catch (thrown) {
    return { ok: false, problem: explain(thrown, formula, offset) }
  }
}

/** Only faults of the formula are explained; a bug of ours goes on. */
function explain(thrown: unknown, formula: string, offset: number): FormulaProblem {
  if (!(thrown instanceof FormulaFault)) throw thrown
  const problem = problemOf(thrown, formula, offset)
  if (thrown.at < offset)
    return { ...problem, message: 'the formula must give a number', hint: `${thrown.message}; a choice does: a > 0 ? 1 : 0` }
  if (thrown.at < offset + formula.length) return problem
  // Behind the formula stands KEDA's own bracket, which its author does not see.
  const message = problem.message.replace('but here is ")"', 'but the formula ends')
  if (formula.includes('//')) {
    return { ...problem, message, hint: 'KEDA puts a bracket behind a formula, and a "//" comment swallows it: use /* ... */ or none' }
  }
  return { ...problem, message }
}
