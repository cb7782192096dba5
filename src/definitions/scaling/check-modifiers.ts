import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { ScaleFallback, ScaleModifiers, ScaleTrigger } from '../../model/scale-policy.ts'
import { validateModifiers } from '../../scaling/keda/validation/modifiers.ts'
import { problem } from '../problem.ts'

/** `advanced.scalingModifiers` as written. */
export interface ModifiersWritten {
  readonly formula?: string
  readonly target?: string
  readonly activationTarget?: string
  readonly metricType: 'AverageValue' | 'Value'
}

/**
 * The modifiers, and what KEDA's webhook would refuse about them. Source: KEDA, ValidateAndCompileScalingModifiers. This is the one place that
 * looks at a formula: what its language says about it belongs here.
 */
export function lowerModifiers(
  written: ModifiersWritten,
  origin: Origin,
): { readonly modifiers?: ScaleModifiers; readonly diagnostics: readonly Diagnostic[] } {
  const { formula, target, activationTarget, metricType } = written
  const refuse = (message: string, key: string) => ({
    diagnostics: [problem({ code: 'MP2516', severity: 'error', message, origin: within(origin, key) })],
  })
  if (formula === undefined || formula.trim() === '') return refuse('scalingModifiers need a formula', 'formula')
  if (target === undefined || target === '') return refuse('formula is given but target is empty', 'target')
  const [aim, activation] = [Number(target), Number(activationTarget ?? 0)]
  if (!(aim > 0)) return refuse(`the target of scalingModifiers must be a number above 0, found "${target}"`, 'target')
  if (Number.isNaN(activation))
    return refuse(`the activationTarget of scalingModifiers must be a number, found "${activationTarget}"`, 'activationTarget')
  return {
    modifiers: { formula, target: aim, activationTarget: activation, metricType, origin: within(origin, 'formula') },
    diagnostics: [],
  }
}

/**
 * What the formula's language says about it, as KEDA tries it: with its triggers as names. A formula replaces every trigger but cpu and memory; one without a
 * name cannot be in it.
 */
export function checkComposed(
  modifiers: ScaleModifiers,
  triggers: readonly ScaleTrigger[],
  fallback: ScaleFallback | undefined,
): readonly Diagnostic[] {
  const { formula, target, activationTarget, metricType, origin } = modifiers
  const { problems } = validateModifiers({
    modifiers: { formula, target, activationTarget, metricType },
    triggers: triggers.map(({ type, name, named }) => ({ type, ...(named ? { name } : {}) })),
    ...(fallback === undefined ? {} : { fallback }),
  })
  return problems.map(({ severity, field, message, hint }) => {
    const trigger = triggers[Number(/^triggers\[(\d+)\]/.exec(field)?.[1] ?? Number.NaN)]
    const unnamed = trigger !== undefined && !trigger.named
    return problem({
      code: trigger === undefined ? 'MP2516' : 'MP2518',
      severity,
      message: unnamed ? `trigger "${trigger.type}" has no name: the formula cannot use it, and alone it has no effect` : message,
      origin: trigger?.origin ?? origin,
      ...(unnamed ? { hint: 'give it a name' } : hint === undefined ? {} : { hint }),
    })
  })
}
