import type { Client } from '../client/client.ts'
import { orderForComponents } from '../component-command.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'

/** Stops components and keeps them in the model, all without names. */
export async function stop(invocation: Invocation, io: Io, client: Client): Promise<number> {
  return await orderForComponents({
    invocation,
    io,
    client,
    names: invocation.operands,
    commandFor: (components) => ({ do: 'stop', components: [...components] }),
    done: 'stopping',
  })
}
