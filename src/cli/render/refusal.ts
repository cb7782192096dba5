import type { Io } from '../io.ts'
import type { RefusalError } from '../refusal-error.ts'
import { renderDiagnostic } from './diagnostics.ts'
import { createPaint, type Paint } from './paint.ts'

export interface RefusalOutput {
  readonly io: Io
  readonly format: 'text' | 'json'
  readonly paint?: Paint
}

/** Says on standard error what was refused, why, where, and what to do next. */
export function writeRefusal(error: RefusalError, output: RefusalOutput): void {
  const { io, format } = output
  io.stderr.write(
    format === 'json' ? `${JSON.stringify({ error: error.refusal })}\n` : renderRefusal(error, output.paint ?? createPaint('off')),
  )
}

function renderRefusal(error: RefusalError, paint: Paint): string {
  const { code, message, next, diagnostics = [] } = error.refusal
  const parts = [
    ...diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, paint)),
    `${paint.red('error')} ${paint.dim(code)} ${message}\n`,
    ...(next === undefined ? [] : [`${paint.dim('next:')} ${next}\n`]),
  ]
  return parts.join('')
}
