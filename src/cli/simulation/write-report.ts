import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Report } from '../../simulate/report/report-types.ts'
import type { Io } from '../io.ts'
import type { Options } from '../options.ts'
import { refuse } from '../refusal-error.ts'

/** Writes the report where the call wants it, in the form that it names or that the file's ending says. */
export async function writeReport(report: Report, options: Options, io: Io): Promise<void> {
  const { reportCsv, reportHtml, reportText } = await import('../../simulate/index.ts')
  const forms: Readonly<Record<string, () => string>> = {
    json: () => `${JSON.stringify(report)}\n`,
    csv: () => reportCsv(report),
    html: () => reportHtml(report),
    text: () => reportText(report, io.stdout.columns),
  }
  const out = options.text('out')
  const format = options.text('format') ?? (/\.(json|csv|html)$/.exec(out ?? '')?.[1] || 'text')
  const text = (forms[format] ?? forms.text)?.() ?? ''
  if (out === undefined) return io.stdout.write(text)
  const path = resolve(io.cwd, out)
  try {
    await writeFile(path, text)
  } catch (error) {
    throw refuse('MP7507', 'failed', {
      message: `cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`,
      next: 'Check the path after --out.',
    })
  }
  io.stderr.write(`written to ${path}\n`)
}
