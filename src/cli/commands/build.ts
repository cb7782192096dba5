import type { Client } from '../client/client.ts'
import { makeImages } from '../image-command.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'

/** Builds the images of components, whether they are here or not; starts nothing. */
export async function build(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { options } = invocation
  return await makeImages(invocation, io, client, { do: 'build', noCache: !options.enabled('cache'), freshBases: options.flag('pull') })
}
