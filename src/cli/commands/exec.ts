import type { Client } from '../client/client.ts'
import { runSession, splitCommand } from '../exec-session.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'

/** Runs a command in a replica that runs; the exit code is the command's. */
export async function exec(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, options } = invocation
  const { component, command } = splitCommand(operands)
  const ordinal = options.whole('index', '--index')
  const container = options.text('container')
  return await runSession({
    invocation,
    io,
    client,
    request: {
      mode: 'exec',
      component,
      command,
      ...(ordinal === undefined ? {} : { ordinal }),
      ...(container === undefined ? {} : { container }),
    },
  })
}
