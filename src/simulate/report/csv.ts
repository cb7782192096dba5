import type { ComponentResult } from '../run/result-types.ts'
import type { Report } from './report-types.ts'

const COLUMNS = ['wanted', 'ready', 'demand', 'inFlight', 'held', 'queued', 'p50', 'p95', 'p99'] as const

/** The timelines as one table: a row for each step of each component of each run. */
export function reportCsv(report: Report): string {
  const rows = report.runs.flatMap((run) => run.components.flatMap((component) => rowsOf(component, run.whatIf ?? '')))
  return `${['run', 'component', 'seconds', ...COLUMNS].join(',')}\n${rows.join('\n')}\n`
}

function rowsOf({ name, timeline }: ComponentResult, run: string): readonly string[] {
  return timeline.wanted.map((_, index) => {
    const values = COLUMNS.map((column) => timeline[column][index] ?? '')
    return [quoted(run), name, ((index + 1) * timeline.stepMs) / 1000, ...values].join(',')
  })
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
