import { EXIT_CODES } from '../../wire/answers.ts'
import { type Client, requireView } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { pickComponents } from '../pick-components.ts'
import { refuseUsage } from '../refusal-error.ts'
import { isShown, LogLines } from '../render/log-lines.ts'
import { createPaint } from '../render/paint.ts'
import { parseSince } from '../since.ts'
import { Interrupts } from '../up/interrupts.ts'

/** Prints the output of components, or the requests that the edge has carried to them, and goes on with `-f` until it is interrupted. */
export async function logs(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, options, globals } = invocation
  const container = options.text('container')
  const tail = options.whole('tail', '--tail')
  const sinceText = options.text('since')
  const since = sinceText === undefined ? undefined : parseSince(sinceText, io.clock.now())
  const components = pickComponents(await requireView(client), operands)
  const lines = new LogLines({
    paint: options.enabled('color') ? globals.out : createPaint('off'),
    prefix: options.enabled('logPrefix') ? 'names' : 'none',
    timestamps: options.flag('timestamps') ? 'shown' : 'hidden',
  })
  lines.expect(components.flatMap((component) => component.replicas.map((replica) => `${component.key}-${replica.ordinal}`)))
  if (options.flag('access')) {
    if (container !== undefined) throw refuseUsage('--container does not go with --access', 'Requests go to components, not to containers.')
    const { printAccessLog } = await import('../requests/access-log.ts')
    return await printAccessLog(invocation, io, client, lines)
  }
  const stop = new AbortController()
  using interrupts = new Interrupts(io)
  using _ = interrupts.listen(() => stop.abort())
  const query = {
    components: operands.length === 0 ? [] : components.map((component) => component.key),
    follow: options.flag('follow'),
    ...(container === undefined ? {} : { container }),
    ...(tail === undefined ? {} : { tail }),
    ...(since === undefined ? {} : { since }),
  }
  for await (const record of client.logs(query, stop.signal)) {
    if (globals.format === 'json') io.stdout.write(`${JSON.stringify(record)}\n`)
    else if (isShown(record, container)) io.stdout.write(lines.format(record))
  }
  return interrupts.count > 0 && !options.flag('follow') ? EXIT_CODES.interrupted : EXIT_CODES.ok
}
