import type { Client } from '../client/client.ts'
import { orderForComponents } from '../component-command.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'

/** Lets components be scaled again, whoever paused them. */
export async function resume(invocation: Invocation, io: Io, client: Client): Promise<number> {
  return await orderForComponents({
    invocation,
    io,
    client,
    names: invocation.operands,
    commandFor: (components) => ({ do: 'resume', components: [...components] }),
    done: 'scaling resumed',
  })
}
