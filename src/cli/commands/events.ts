import { EXIT_CODES } from '../../wire/answers.ts'
import { type Client, requireView } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { renderAnyEvent } from '../up/announce.ts'
import { Interrupts } from '../up/interrupts.ts'

/** Prints events until it is interrupted: new ones, or those after a sequence number first. */
export async function events(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { options, globals } = invocation
  const after = options.whole('after', '--after') ?? (await requireView(client)).seq
  const stop = new AbortController()
  using interrupts = new Interrupts(io)
  using _ = interrupts.listen(() => stop.abort())
  for await (const message of client.events(after, stop.signal)) {
    if (globals.format === 'json') io.stdout.write(`${JSON.stringify(message)}\n`)
    else if ('gap' in message) io.stdout.write(globals.out.dim(`(events up to ${message.seq} are no longer kept)\n`))
    else io.stdout.write(renderAnyEvent(message, globals.out))
  }
  return EXIT_CODES.ok
}
