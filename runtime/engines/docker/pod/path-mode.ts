import type { IncomingMessage } from 'node:http'
import type { DockerContext } from '../context.ts'
import { hasStatus } from '../faults.ts'

/** Permissions of a path in a container that need not run; undefined when it is not there. */
export async function pathMode({ docker }: DockerContext, container: string, path: string): Promise<number | undefined> {
  try {
    const answer = (await docker.getContainer(container).infoArchive({ path })) as IncomingMessage
    answer.resume()
    const header = String(answer.headers['x-docker-container-path-stat'] ?? '')
    const stat = JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as { readonly mode: number }
    return stat.mode & 0o777
  } catch (error) {
    if (hasStatus(error, 404)) return undefined
    throw error
  }
}
