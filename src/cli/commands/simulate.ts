import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { LocatedDiagnostic } from '../../dialects/loading.ts'
import { formatInstant, instant } from '../../kernel/instant.ts'
import type { LoadPlan } from '../../simulate/load/load-types.ts'
import type { Report } from '../../simulate/report/report-types.ts'
import { EXIT_CODES } from '../../wire/answers.ts'
import type { Client } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { refuse, refuseUsage } from '../refusal-error.ts'
import { renderDiagnostic } from '../render/diagnostics.ts'
import { sourceFiles } from '../source-files.ts'
import { findModelFiles } from '../up/model-files.ts'

/** A Monday. */
const DEFAULT_START_MS = 1_767_571_200_000
const DEFAULT_SECONDS = 86_400
const LONGEST_SECONDS = 366 * 86_400
const DEFAULT_SEED = 1

/** Lets the application scale under a load in virtual time, in this process: no daemon, no replicas. */
export async function simulate(invocation: Invocation, io: Io, _client: Client): Promise<number> {
  const { globals, options, host } = invocation
  const settings = await readSettings(invocation)
  const environment = Object.fromEntries(Object.entries(io.env).filter((entry): entry is [string, string] => entry[1] !== undefined))
  const files = await findModelFiles(globals, io)
  const { outcome, shown } = await host.loadModel(
    { files, directory: globals.directory, envFiles: globals.envFiles, environment, strict: false },
    sourceFiles,
  )
  const tell = (diagnostics: readonly LocatedDiagnostic[]): void =>
    io.stderr.write(diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, globals.err)).join(''))
  tell(shown.filter(({ severity }) => severity !== 'note'))
  if (!outcome.ok) return EXIT_CODES.model
  const { cronTimes, placedComponents, readLoadFile, runReport } = await settings.simulator
  const { builtinDefinitions } = await import('../../definitions/index.ts')
  const view = builtinDefinitions()
  const components = placedComponents(outcome.value.applications, view)
  const request = {
    path: resolve(io.cwd, settings.load),
    directory: globals.directory,
    components: components.map(({ name }) => name),
    cron: cronTimes,
  }
  const load = await readLoadFile(request, sourceFiles)
  tell(load.shown)
  if (load.plan === undefined) return EXIT_CODES.model
  const made = runReport({
    ...{ components, view, plan: load.plan, mode: options.flag('flow') ? 'flow' : 'events', whatIfs: options.texts('whatIf') },
    application: outcome.value.applications.map(({ name }) => name).join(', '),
    seconds: settings.seconds ?? (load.recorded === undefined ? DEFAULT_SECONDS : Math.max(1, load.recorded.endMs / 1000)),
    ...(load.recorded === undefined ? {} : { recorded: load.recorded }),
    seed: settings.seed ?? load.plan.seed ?? DEFAULT_SEED,
    ...startOf(load.plan),
    ...(settings.startDelay === undefined ? {} : { startDelay: { kind: 'constant', seconds: settings.startDelay } as const }),
  })
  if ('refused' in made) {
    tell([made.refused])
    return EXIT_CODES.usage
  }
  await write(made.report, invocation, io)
  return EXIT_CODES.ok
}

function startOf({ startMs = DEFAULT_START_MS }: LoadPlan): { readonly startMs: number; readonly start: string } {
  return { startMs, start: formatInstant(instant(startMs)) }
}

async function readSettings({ options }: Invocation) {
  const load = options.text('load')
  if (load === undefined)
    throw refuseUsage('--load is missing: it names the file that says what load comes', 'minipaas simulate --load load.yaml')
  // What simulating needs is loaded by this command only.
  const simulator = import('../../simulate/index.ts')
  const { secondsOf } = await simulator
  const duration = (name: string, flag: string): number | undefined => {
    const text = options.text(name)
    const seconds = text === undefined ? undefined : secondsOf(text)
    if (text !== undefined && seconds === undefined)
      throw refuseUsage(`${flag}: "${text}" is not a duration`, 'Write 250ms, 3s, 10m, 24h or 7d.')
    return seconds
  }
  const seconds = duration('for', '--for')
  if (seconds !== undefined && (seconds <= 0 || seconds > LONGEST_SECONDS))
    throw refuseUsage('--for: the run must be longer than 0 and no longer than 366d')
  return { load, simulator, seconds, seed: options.whole('seed', '--seed'), startDelay: duration('startDelay', '--start-delay') }
}

async function write(report: Report, { options }: Invocation, io: Io): Promise<void> {
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
