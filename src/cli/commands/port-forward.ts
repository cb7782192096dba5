import { EXIT_CODES } from '../../wire/answers.ts'
import { type Client, requireView } from '../client/client.ts'
import type { RemotePort } from '../client/replica-client.ts'
import { carry } from '../forward/carry.ts'
import { type ForwardSpec, parseForward } from '../forward/forward-spec.ts'
import { type LocalListener, listenLocally } from '../forward/local-listener.ts'
import { openForward } from '../forward/open-forward.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { pickComponents } from '../pick-components.ts'
import { RefusalError } from '../refusal-error.ts'
import { Interrupts } from '../up/interrupts.ts'

/** Forwards local ports to replicas of a component until it is interrupted; each connection goes to a replica of its own. */
export async function portForward(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, options, globals } = invocation
  const [name = '', ...texts] = operands
  const specs = texts.map(parseForward)
  const ordinal = options.whole('index', '--index')
  const component = pickComponents(await requireView(client), [name])[0]?.key ?? name
  const placeOf = (port: number): RemotePort => ({ component, port, ...(ordinal === undefined ? {} : { ordinal }) })
  // Before anything listens: what cannot be forwarded at all is said at once.
  for (const { remote } of specs) await client.replicas.forwardTarget(placeOf(remote))
  using interrupts = new Interrupts(io)
  const interrupted = new Promise<void>((resolve) => void interrupts.listen(() => resolve()))
  const listeners: LocalListener[] = []
  try {
    for (const spec of specs) {
      const listener = await listenLocally(spec.local, (socket) => void connection(socket, spec, listener.port))
      listeners.push(listener)
      announce({ ...spec, local: listener.port })
    }
    if (interrupts.count === 0) await interrupted
  } finally {
    await Promise.all(listeners.map((listener) => listener.close()))
  }
  return EXIT_CODES.ok

  function announce(spec: ForwardSpec): void {
    if (globals.format === 'json') io.stdout.write(`${JSON.stringify({ type: 'forwarding', host: '127.0.0.1', ...spec, component })}\n`)
    else io.stdout.write(`Forwarding from 127.0.0.1:${spec.local} -> ${spec.remote}\n`)
  }

  async function connection(socket: Parameters<typeof carry>[0], { remote }: ForwardSpec, local: number): Promise<void> {
    if (globals.format === 'text') io.stdout.write(`Handling connection for ${local}\n`)
    try {
      await carry(socket, await openForward(client, placeOf(remote)))
    } catch (error) {
      socket.destroy()
      if (!(error instanceof RefusalError)) throw error
      io.stderr.write(`${globals.err.red('error')} forwarding ${local} -> ${remote}: ${error.refusal.message}\n`)
    }
  }
}
