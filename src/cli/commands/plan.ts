import { EXIT_CODES } from '../../wire/answers.ts'
import type { Client } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { renderDiagnostic } from '../render/diagnostics.ts'
import { describeHold } from '../render/holds.ts'
import { readApplyRequest } from '../up/apply-request.ts'

/** Prints what `up` would do, and does nothing. */
export async function plan(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { globals } = invocation
  const view = await client.plan(await readApplyRequest(invocation, io))
  if (globals.format === 'json') {
    io.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...view }, null, 2)}\n`)
  } else {
    io.stderr.write(view.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, globals.err)).join(''))
    io.stdout.write(view.text === '' ? 'nothing to do\n' : `${view.text.trimEnd()}\n`)
    io.stderr.write(view.holds.map((hold) => `${hold.subject}: ${describeHold(hold, io.clock.now())}\n`).join(''))
  }
  return view.diagnostics.some((diagnostic) => diagnostic.severity === 'error') ? EXIT_CODES.model : EXIT_CODES.ok
}
