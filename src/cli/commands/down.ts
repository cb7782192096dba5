import { didYouMean } from '../../kernel/nearest.ts'
import { EXIT_CODES } from '../../wire/answers.ts'
import { type Client, viewIfPresent } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { RefusalError, refuseUsage } from '../refusal-error.ts'
import { Interrupts } from '../up/interrupts.ts'
import { tearDown } from '../up/teardown.ts'

/** Ends applications (all of the environment without names) and returns when nothing of them is left. May be repeated. */
export async function down(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, options, globals } = invocation
  const timeout = options.amount('timeout', '--timeout')
  const isThere = await checkNames(client, operands, io)
  if (!isThere) return EXIT_CODES.ok
  using interrupts = new Interrupts(io)
  const how = await tearDown({
    client,
    io,
    globals,
    interrupts,
    request: {
      applications: [...operands],
      volumes: options.flag('volumes'),
      images: options.text('rmi') === 'local' ? 'local' : 'none',
      ...(timeout === undefined ? {} : { timeout }),
    },
  })
  if (globals.format === 'json')
    io.stdout.write(`${JSON.stringify({ schemaVersion: 1, environment: client.environment, removed: true })}\n`)
  return how === 'forced' ? EXIT_CODES.interrupted : EXIT_CODES.ok
}

/** False when there is nothing to end; an unknown name is refused before anything happens. */
async function checkNames(client: Client, names: readonly string[], io: Io): Promise<boolean> {
  try {
    const view = await viewIfPresent(client)
    const known = view?.applications.map((application) => application.name) ?? []
    const unknown = names.find((name) => !known.includes(name))
    if (unknown !== undefined)
      throw refuseUsage(`no application "${unknown}" in the environment "${client.environment}"`, didYouMean(unknown, known))
    if (view !== undefined) return true
  } catch (error) {
    if (!(error instanceof RefusalError) || error.exit !== 'notRunning') throw error
  }
  io.stderr.write(`nothing is running in the environment "${client.environment}"\n`)
  return false
}
