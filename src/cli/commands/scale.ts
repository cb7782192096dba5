import type { Client } from '../client/client.ts'
import { orderForComponents } from '../component-command.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { parseScales } from '../options.ts'

/** Sets the number of replicas of components; it stays until the next `scale` or change of the model. */
export async function scale(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const replicas = parseScales(invocation.operands, 'scale')
  return await orderForComponents({
    invocation,
    io,
    client,
    names: Object.keys(replicas),
    commandFor: () => ({ do: 'scale', replicas: { ...replicas } }),
    done: 'scaling',
  })
}
