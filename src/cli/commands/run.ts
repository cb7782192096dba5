import type { Client } from '../client/client.ts'
import { runSession, splitCommand } from '../exec-session.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'

/** Runs a fresh, unrouted copy of a component, with its own command or another; the exit code is the command's. */
export async function run(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { component, command } = splitCommand(invocation.operands)
  return await runSession({ invocation, io, client, request: { mode: 'run', component, command } })
}
