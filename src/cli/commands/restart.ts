import type { Client } from '../client/client.ts'
import { orderForComponents } from '../component-command.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'

/** Restarts components in place, all without names. */
export async function restart(invocation: Invocation, io: Io, client: Client): Promise<number> {
  return await orderForComponents({
    invocation,
    io,
    client,
    names: invocation.operands,
    commandFor: (components) => ({ do: 'restart', components: [...components] }),
    done: 'restarting',
  })
}
