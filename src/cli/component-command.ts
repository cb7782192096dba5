import { EXIT_CODES } from '../wire/answers.ts'
import type { ComponentCommand } from '../wire/requests.ts'
import { type Client, requireView } from './client/client.ts'
import type { Invocation } from './invocation.ts'
import type { Io } from './io.ts'
import { pickComponents } from './pick-components.ts'
import { renderDiagnostic } from './render/diagnostics.ts'

export interface CommandOrder {
  readonly invocation: Invocation
  readonly io: Io
  readonly client: Client
  /** Names of components that must exist; empty means all. */
  readonly names: readonly string[]
  /** The command for these component keys. */
  readonly commandFor: (components: readonly string[]) => ComponentCommand
  /** Past tense, for the answer: `restarted`. */
  readonly done: string
}

/** Orders something for components and says so; the effect shows in `ps` and `events`. */
export async function orderForComponents(order: CommandOrder): Promise<number> {
  const { invocation, io, client, names } = order
  const { globals } = invocation
  const components = pickComponents(await requireView(client), names).map((component) => component.key)
  const accepted = await client.command(order.commandFor(components))
  io.stderr.write(accepted.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, globals.err)).join(''))
  if (globals.format === 'json') io.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...accepted, components })}\n`)
  else io.stderr.write(components.map((component) => `${component}: ${order.done}\n`).join(''))
  return EXIT_CODES.ok
}
