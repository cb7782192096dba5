import { formatInstant } from '../../kernel/instant.ts'
import type { Hold, Plan, StepKey } from '../../model/step.ts'
import { subjectOf } from './step-keys.ts'
import { verbOf } from './verbs.ts'

/** One line per step (number, verb, subject, what it comes after, cause, group) in aligned columns, then one line per hold. */
export function printPlan(plan: Plan): string {
  const numbers = new Map<StepKey, number>(plan.steps.map((step, index) => [step.key, index + 1]))
  const rows = plan.steps.map((step, index) => [
    `#${index + 1}`,
    verbOf(step.action),
    subjectOf(step.action),
    step.needs.length === 0 ? '' : `after ${step.needs.map((need) => `#${numbers.get(need) ?? '?'}`).join(' ')}`,
    step.cause,
    step.group === undefined ? '' : `[${step.group}]`,
  ])
  const widths = rows.reduce<readonly number[]>((wide, row) => row.map((cell, column) => Math.max(wide[column] ?? 0, cell.length)), [])
  const gaps = [' ', ' ', '  ', '  ', '  ', '']
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (widths[column] === 0 ? '' : cell.padEnd(widths[column] ?? 0) + (gaps[column] ?? '')))
      .join('')
      .trimEnd(),
  )
  return [...lines, ...plan.holds.map(printHold)].map((line) => `${line}\n`).join('')
}

/** `hold worker: needs cache ready until 2026-11-25T10:00:00.000Z` */
function printHold(hold: Hold): string {
  const until = hold.until === undefined ? '' : ` until ${formatInstant(hold.until)}`
  return `hold ${hold.subject}: ${hold.reason}${hold.on.length === 0 ? '' : ` ${hold.on.join(', ')}`}${until}`
}
