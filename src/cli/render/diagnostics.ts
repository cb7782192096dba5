import { relative } from 'node:path'
import { unreachable } from '../../kernel/fault.ts'
import type { ShownDiagnostic } from '../../wire/events.ts'
import type { Paint } from './paint.ts'

/** Place, severity, code and message on one line, then the excerpt and the hint. */
export function renderDiagnostic(diagnostic: ShownDiagnostic, paint: Paint): string {
  const place = placeOf(diagnostic)
  const lines = [`${place === '' ? '' : `${place}: `}${severityOf(diagnostic, paint)} ${paint.dim(diagnostic.code)} ${diagnostic.message}`]
  if (diagnostic.excerpt !== undefined)
    lines.push(
      ...diagnostic.excerpt
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line}`),
    )
  for (const related of diagnostic.related ?? []) lines.push(`  ${related.message} (${displayPath(related.origin.file)})`)
  if (diagnostic.hint !== undefined) lines.push(`  ${paint.cyan('hint:')} ${diagnostic.hint}`)
  return `${lines.join('\n')}\n`
}

/** `app.yaml:8:16`, as far as it is known. */
export function placeOf(at: { readonly origin?: { readonly file: string }; readonly line?: number; readonly column?: number }): string {
  if (at.origin === undefined) return ''
  const position = [at.line, at.column].filter((value) => value !== undefined)
  return [displayPath(at.origin.file), ...position].join(':')
}

/** Relative to the current directory when it lies below it. */
export function displayPath(file: string): string {
  if (file === '-') return '<stdin>'
  const path = relative(process.cwd(), file)
  return path === '' || path.startsWith('..') ? file : path
}

function severityOf(diagnostic: ShownDiagnostic, paint: Paint): string {
  switch (diagnostic.severity) {
    case 'error':
      return paint.red('error')
    case 'warning':
      return paint.yellow('warning')
    case 'note':
      return paint.blue('note')
    default:
      return unreachable(diagnostic.severity)
  }
}
