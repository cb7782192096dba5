import type { Client } from '../client/client.ts'
import { orderForComponents } from '../component-command.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { refuseUsage } from '../refusal-error.ts'

/** Stops the scaling of components: altogether, at a number of replicas, or in one direction. */
export async function pause(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { options, operands } = invocation
  const replicas = options.whole('replicas', '--replicas')
  const direction = directionOf(options.flag('scaleIn'), options.flag('scaleOut'))
  if (replicas !== undefined && direction !== undefined)
    throw refuseUsage('--replicas pauses altogether: leave out --scale-in or --scale-out')
  return await orderForComponents({
    invocation,
    io,
    client,
    names: operands,
    commandFor: (components) => ({
      do: 'pause',
      components: [...components],
      ...(replicas === undefined ? {} : { replicas }),
      ...(direction === undefined ? {} : { direction }),
    }),
    done: 'scaling paused',
  })
}

function directionOf(scaleIn: boolean, scaleOut: boolean): 'in' | 'out' | undefined {
  if (scaleIn && scaleOut) throw refuseUsage('--scale-in and --scale-out together are a whole pause: leave out both')
  return scaleIn ? 'in' : scaleOut ? 'out' : undefined
}
