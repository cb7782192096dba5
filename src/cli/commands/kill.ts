import { EXIT_CODES } from '../../wire/answers.ts'
import { type Client, requireView } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { pickComponents } from '../pick-components.ts'
import { containerName } from '../render/container-name.ts'
import { parseSignal } from '../signal-name.ts'

/** Sends a signal to the first process of containers, of all components without names. What ends is started again like after a crash. */
export async function kill(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, options, globals } = invocation
  const signal = parseSignal(options.text('signal') ?? 'SIGKILL')
  const ordinal = options.whole('index', '--index')
  const container = options.text('container')
  const components = pickComponents(await requireView(client), operands).map((component) => component.key)
  const answer = await client.replicas.kill({
    components: operands.length === 0 ? [] : components,
    signal,
    ...(ordinal === undefined ? {} : { ordinal }),
    ...(container === undefined ? {} : { container }),
  })
  if (globals.format === 'json') io.stdout.write(`${JSON.stringify({ schemaVersion: 1, signal, ...answer })}\n`)
  else io.stderr.write(answer.signalled.map((place) => `${containerName(place)}: sent ${signal}\n`).join(''))
  return EXIT_CODES.ok
}
