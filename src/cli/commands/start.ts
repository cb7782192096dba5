import type { Client } from '../client/client.ts'
import { orderForComponents } from '../component-command.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'

/** Starts components that were stopped, all without names. */
export async function start(invocation: Invocation, io: Io, client: Client): Promise<number> {
  return await orderForComponents({
    invocation,
    io,
    client,
    names: invocation.operands,
    commandFor: (components) => ({ do: 'start', components: [...components] }),
    done: 'starting',
  })
}
