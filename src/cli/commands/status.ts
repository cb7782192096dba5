import { didYouMean } from '../../kernel/nearest.ts'
import { EXIT_CODES } from '../../wire/answers.ts'
import type { ApplicationView, EnvironmentView } from '../../wire/views.ts'
import { type Client, requireView } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { refuseUsage } from '../refusal-error.ts'
import { renderEndpoints, renderPods, renderStatus } from '../render/status.ts'

/** Shows applications in the words of `vela status`. */
export async function status(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, options, globals } = invocation
  const view = await requireView(client)
  const shown = { ...view, applications: pickApplications(view, operands[0]) }
  if (globals.format === 'json') io.stdout.write(`${JSON.stringify(shown, null, 2)}\n`)
  else if (options.flag('endpoint')) io.stdout.write(renderEndpoints(shown))
  else if (options.flag('pod')) io.stdout.write(renderPods(shown))
  else io.stdout.write(renderStatus(shown, { paint: globals.out, now: io.clock.now() }))
  return EXIT_CODES.ok
}

function pickApplications(view: EnvironmentView, name: string | undefined): readonly ApplicationView[] {
  if (name === undefined) return view.applications
  const found = view.applications.filter((application) => application.name === name)
  if (found.length > 0) return found
  const names = view.applications.map((application) => application.name)
  throw refuseUsage(
    `no application "${name}" in the environment "${view.environment}"`,
    didYouMean(name, names) ?? `Applications: ${names.join(', ')}.`,
  )
}
