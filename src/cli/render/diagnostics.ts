import { relative } from 'node:path'
import { unreachable } from '../../kernel/fault.ts'
import type { ShownDiagnostic } from '../../wire/events.ts'
import type { Paint } from './paint.ts'

interface Place {
  readonly origin?: { readonly file: string }
  readonly line?: number
  readonly column?: number
}

/** Rule and message, place, excerpt with its marker, hint with related places. */
export function renderDiagnostic(diagnostic: ShownDiagnostic, paint: Paint): string {
  const lines = [`${severityOf(diagnostic, paint)} ${paint.dim(diagnostic.code)}  ${diagnostic.message}`]
  if (diagnostic.origin !== undefined) lines.push(`  ${placeOf(diagnostic)}`)
  if (diagnostic.excerpt !== undefined)
    lines.push(
      ...diagnostic.excerpt
        .trimEnd()
        .split('\n')
        .map((line) => `    ${line}`),
    )
  if (diagnostic.hint !== undefined) lines.push(`  ${paint.cyan(diagnostic.hint)}`)
  for (const related of diagnostic.related ?? []) lines.push(`  ${related.message} at ${placeOf(related)}`)
  return `${lines.join('\n')}\n`
}

/** `app.yaml:8:16`, as far as it is known. */
export function placeOf(at: Place): string {
  if (at.origin === undefined) return ''
  return [displayPath(at.origin.file), at.line, at.column].filter((part) => part !== undefined).join(':')
}

/** Relative to the current directory when it lies below it. */
function displayPath(file: string): string {
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
