import { resolve } from 'node:path'
import type { LocatedDiagnostic } from '../../dialects/loading.ts'
import { EXIT_CODES } from '../../wire/answers.ts'
import type { Client } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { renderDiagnostic } from '../render/diagnostics.ts'
import { readSimulationSettings } from '../simulation/simulation-settings.ts'
import { writeReport } from '../simulation/write-report.ts'
import { sourceFiles } from '../source-files.ts'
import { findModelFiles } from '../up/model-files.ts'

/** A Monday. */
const DEFAULT_START_MS = 1_767_571_200_000
const DEFAULT_SECONDS = 86_400
const DEFAULT_SEED = 1

/** Lets the application scale under a load in virtual time, in this process: no daemon, no replicas. */
export async function simulate(invocation: Invocation, io: Io, _client: Client): Promise<number> {
  const { globals, options, host } = invocation
  // What simulating needs is loaded by this command only.
  const { cronTimes, placedComponents, readLoadFile, runReport, secondsOf } = await import('../../simulate/index.ts')
  const settings = readSimulationSettings(options, secondsOf)
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
    startMs: load.plan.startMs ?? DEFAULT_START_MS,
    ...(settings.startDelay === undefined ? {} : { startDelay: { kind: 'constant', seconds: settings.startDelay } as const }),
  })
  if ('refused' in made) {
    tell([made.refused])
    return EXIT_CODES.usage
  }
  await writeReport(made.report, options, io)
  return EXIT_CODES.ok
}
