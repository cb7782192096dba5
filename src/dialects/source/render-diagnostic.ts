import type { LocatedDiagnostic } from '../loading.ts'

/** A diagnostic as people read it: rule and message, place, excerpt with marker, hint with related place. Plain text. */
export function renderDiagnostic(located: LocatedDiagnostic): string {
  const rows = [`${located.severity} ${located.code}  ${located.message}`]
  if (located.origin !== undefined) rows.push(`  ${placeText(located.origin.file, located)}`)
  if (located.excerpt !== undefined) rows.push(...located.excerpt.split('\n').map((row) => `    ${row}`))
  const related = (located.related ?? []).map((entry) => `(${entry.message} at ${placeText(entry.origin.file, entry)})`)
  if (located.hint !== undefined) rows.push(`  ${[located.hint, related.shift()].filter((part) => part !== undefined).join('  ')}`)
  rows.push(...related.map((text) => `  ${text}`))
  return rows.join('\n')
}

function placeText(file: string, at: { readonly line?: number; readonly column?: number }): string {
  return at.line === undefined ? file : `${file}:${at.line}:${at.column ?? 1}`
}
