import { EXIT_CODES } from '../../wire/answers.ts'
import type { Client } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { renderDiagnostic } from '../render/diagnostics.ts'
import { sourceFiles } from '../source-files.ts'
import { findModelFiles } from '../up/model-files.ts'

/** Checks model files in this process, without a daemon: exit code 3 when something is wrong with them. */
export async function validate(invocation: Invocation, io: Io, _client: Client): Promise<number> {
  const { globals, options, host } = invocation
  const files = await findModelFiles(globals, io)
  const environment = Object.fromEntries(Object.entries(io.env).filter((entry): entry is [string, string] => entry[1] !== undefined))
  const { outcome, shown } = await host.loadModel(
    { files, directory: globals.directory, envFiles: globals.envFiles, environment, strict: options.flag('strict') },
    sourceFiles,
  )
  const errors = shown.filter((diagnostic) => diagnostic.severity === 'error').length
  const applications = outcome.ok ? outcome.value.applications : []
  if (globals.format === 'json') {
    const names = applications.map(({ name, namespace, components }) => ({ name, namespace, components: components.map(({ key }) => key) }))
    io.stdout.write(`${JSON.stringify({ schemaVersion: 1, valid: outcome.ok, applications: names, diagnostics: shown }, null, 2)}\n`)
  } else {
    io.stderr.write(shown.map((diagnostic) => renderDiagnostic(diagnostic, globals.err)).join(''))
    for (const application of applications)
      io.stdout.write(
        `${application.name}: valid, ${count(application.components.length, 'component')} (${application.components.map(({ name }) => name).join(', ')})\n`,
      )
    if (!outcome.ok) io.stderr.write(`${globals.err.red('not valid')}: ${count(errors, 'error')}\n`)
  }
  return outcome.ok ? EXIT_CODES.ok : EXIT_CODES.model
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
