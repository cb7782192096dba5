import type { Client } from '../client/client.ts'
import { makeImages } from '../image-command.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'

/** Pulls the images of components, whether they are here or not; starts nothing. */
export async function pull(invocation: Invocation, io: Io, client: Client): Promise<number> {
  return await makeImages(invocation, io, client, { do: 'pull' })
}
