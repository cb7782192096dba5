/**
 * KEDA does not evaluate a formula as it was written: it puts `float(...)` around it, so that whole numbers and choices become floats; a
 * formula with `??` may stay nil. One that begins with `float(` already is left alone, even where that bracket closes before the end.
 * The text is wrapped, not the tree, so that a formula reads here as it reads there: a comment at its end swallows the bracket, for example.
 * Upstream: apis/keda/v1alpha1/scaledobject_webhook.go (castToFloatIfNecessary).
 */
export function wrapFormula(formula: string): { readonly text: string; readonly offset: number } {
  if (formula.includes('??')) {
    const before = `let ${RESULT} = (`
    if (formula.startsWith(`let ${RESULT} = `)) return { text: formula, offset: 0 }
    return { text: `${before}${formula}); ${RESULT} == nil ? nil : float(${RESULT})`, offset: before.length }
  }
  if (formula.startsWith('float(')) return { text: formula, offset: 0 }
  return { text: `float(${formula})`, offset: 'float('.length }
}

const RESULT = '_kedaCompositeResult'
