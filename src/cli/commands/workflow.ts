import { EXIT_CODES } from '../../wire/answers.ts'
import type { EnvironmentView } from '../../wire/views.ts'
import { type Client, requireView } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { refuseUsage } from '../refusal-error.ts'
import { renderDiagnostic } from '../render/diagnostics.ts'

const ACTIONS = ['suspend', 'resume', 'terminate', 'restart'] as const

/** Suspends, resumes, terminates or restarts the workflow of an application. */
export async function workflow(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, options, globals } = invocation
  const action = ACTIONS.find((name) => name === operands[0])
  if (action === undefined) throw refuseUsage(`workflow: "${operands[0] ?? ''}" is none of ${ACTIONS.join(', ')}`)
  const application = operands[1] ?? onlyApplication(await requireView(client))
  const step = options.text('step')
  const accepted = await client.workflow({ do: action, application, ...(step === undefined ? {} : { step }) })
  io.stderr.write(accepted.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, globals.err)).join(''))
  if (globals.format === 'json') io.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...accepted, application })}\n`)
  else io.stderr.write(`${application}: workflow ${action} accepted\n`)
  return EXIT_CODES.ok
}

function onlyApplication(view: EnvironmentView): string {
  const [first, ...others] = view.applications.map((application) => application.name)
  if (first !== undefined && others.length === 0) return first
  throw refuseUsage('workflow: which application?', `Name one of ${[first, ...others].join(', ')}.`)
}
