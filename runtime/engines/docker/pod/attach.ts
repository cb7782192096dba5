import type { Duplex } from 'node:stream'
import type { DockerContext } from '../context.ts'

/** Keys of which the engine would take notice are swallowed until it is sure; these nobody types. */
export const NO_DETACH_KEYS = 'ctrl-^,ctrl-^,ctrl-_,ctrl-^'

/**
 * Joins the standard streams of a created container. The SDK's own verb sends its options a second time as the content of the request,
 * of which an engine may take a part for the first bytes of the input.
 */
export function attach({ docker }: DockerContext, id: string): Promise<Duplex> {
  const request = {
    path: `/containers/${id}/attach?`,
    method: 'POST',
    hijack: true,
    options: { _query: { stream: true, stdin: true, stdout: true, stderr: true, detachKeys: NO_DETACH_KEYS } },
    file: Buffer.alloc(0),
    statusCodes: { 404: 'no such container', 409: 'conflict', 500: 'server error' },
  }
  return new Promise((resolve, reject) => {
    docker.modem.dial(request as Parameters<typeof docker.modem.dial>[0], (error, stream) => {
      if (error !== null) reject(error)
      else resolve(stream as Duplex)
    })
  })
}
