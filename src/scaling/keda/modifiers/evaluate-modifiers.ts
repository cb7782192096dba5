import { truncatedMilli } from '../quantity.ts'
import type { FallbackSpec } from '../spec.ts'
import type { FormulaProblem } from './fault.ts'
import { type CompiledFormula, compileFormula, runFormula } from './formula.ts'
import { typeText } from './static-type.ts'
import { typeOf, type Value } from './value.ts'

export interface EvaluateModifiersInput {
  /** As written, or as `compileFormula` gave it, which saves reading it at each poll. */
  readonly formula: string | CompiledFormula
  /** By trigger name, in each metric's own unit; null is nil: a trigger that fails, with fallback behavior scalingModifiers. */
  readonly values: Readonly<Record<string, number | null>>
  /** What a formula that gives nil falls back to: `replicas` × `target`. */
  readonly fallback?: Pick<FallbackSpec, 'replicas'>
  readonly target?: string | number
}

export type EvaluateModifiersResult =
  | {
      readonly ok: true
      /** Of the composite metric, in its own unit. */
      readonly value: number
      /** As KEDA serves it: cut off after three decimals; what is no number, infinite or negative counts as 0. */
      readonly quantityMilli: number
      /** The formula gave nil, and the value is the fallback's. */
      readonly usedFallback: boolean
    }
  | { readonly ok: false; readonly problem: FormulaProblem }

/**
 * The one metric that a formula makes of all triggers.
 * Upstream: pkg/scaling/modifiers/formula.go (calculateScalingModifiersFormula).
 */
export function evaluateModifiers(input: EvaluateModifiersInput): EvaluateModifiersResult {
  const { formula, values } = input
  const outcome =
    typeof formula === 'string' ? compileFormula({ formula, triggers: Object.keys(values) }) : { ok: true as const, compiled: formula }
  if (!outcome.ok) return outcome
  const run = runFormula(outcome.compiled, new Map<string, Value>(Object.entries(values)))
  if (!run.ok) return run
  if (typeof run.value === 'number') return composite(run.value, false)
  if (run.value === null) return nilFallback(input)
  const message = `the formula gives ${typeText(typeOf(run.value))}; KEDA takes only a float`
  return { ok: false, problem: { line: 1, column: 1, message, hint: CAST_HINT } }
}

export const CAST_HINT = 'KEDA casts a formula by itself unless it begins with "float(": put float(...) around the whole of it'

function nilFallback({ fallback, target }: EvaluateModifiersInput): EvaluateModifiersResult {
  const at = { line: 1, column: 1 }
  if (fallback === undefined) {
    return {
      ok: false,
      problem: { ...at, message: 'the formula gives nil and there is no fallback', hint: 'end it with a value: a ?? b ?? 5' },
    }
  }
  const number = target === undefined || String(target).trim() === '' ? Number.NaN : Number(target)
  if (Number.isNaN(number)) {
    return { ok: false, problem: { ...at, message: `the formula gives nil, and the target ${JSON.stringify(target)} is no number` } }
  }
  return composite(fallback.replicas * number, true)
}

function composite(value: number, usedFallback: boolean): EvaluateModifiersResult {
  return { ok: true, value, quantityMilli: truncatedMilli(value), usedFallback }
}
