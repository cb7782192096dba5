import type { Channel } from '../client/channel.ts'
import type { Client } from '../client/client.ts'
import type { RemotePort } from '../client/replica-client.ts'
import { DaemonGoneError } from '../refusal-error.ts'

/** One connection to a port. A daemon that went away is found again, or started: replicas and the ports here stay. */
export async function openForward(client: Client, to: RemotePort): Promise<Channel> {
  try {
    return await client.replicas.forward(to)
  } catch (error) {
    if (!(error instanceof DaemonGoneError)) throw error
    await client.reconnect()
    return await client.replicas.forward(to)
  }
}
