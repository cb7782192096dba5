import { evaluateExpression, parseExpression } from '../../definitions/expression.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'

export type OutputValue = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string }

/** The value of an output expression over the rendered object; the loader has already refused anything it cannot mean. */
export function evaluateOutput(
  text: string,
  scope: { readonly output: unknown; readonly outputs: Readonly<Record<string, unknown>> },
): OutputValue {
  const expression = parseExpression(text)
  if (!expression.ok) return { ok: false, message: firstMessage(expression.diagnostics) }
  const value = evaluateExpression(expression.value, { output: scope.output, outputs: scope.outputs, context: {} })
  if (!value.ok) return { ok: false, message: firstMessage(value.diagnostics) }
  return { ok: true, value: value.value }
}

function firstMessage(diagnostics: readonly Diagnostic[]): string {
  return diagnostics[0]?.message ?? 'cannot be evaluated'
}
