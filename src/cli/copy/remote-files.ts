import { posix } from 'node:path'
import { StatusRefusalError } from '../client/http.ts'
import type { RemotePlace, ReplicaClient } from '../client/replica-client.ts'
import { readFirstHeader } from './archive-reader.ts'

export interface RemoteFile {
  /** Where it really is: links are resolved. */
  readonly path: string
  readonly is: 'directory' | 'file' | 'nothing'
}

/** As many links lead to links at most. Source: Linux, MAXSYMLINKS. */
const MOST_LINKS = 40

/** What is at a path of a container, told by the beginning of its archive. */
export async function lookAt(replicas: ReplicaClient, place: RemotePlace): Promise<RemoteFile> {
  let { path } = place
  for (let links = 0; links < MOST_LINKS; links++) {
    if (path === '/') return { path, is: 'directory' }
    const header = await headerOf(replicas, { ...place, path })
    if (header === undefined) return { path, is: 'nothing' }
    if (header.type !== 'symlink') return { path, is: header.type === 'directory' ? 'directory' : 'file' }
    path = posix.resolve(posix.dirname(path), header.linkname)
  }
  return { path, is: 'nothing' }
}

async function headerOf(replicas: ReplicaClient, place: RemotePlace): Promise<Awaited<ReturnType<typeof readFirstHeader>>> {
  try {
    return await readFirstHeader(await replicas.download(place))
  } catch (error) {
    if (isNoSuchPath(error)) return undefined
    throw error
  }
}

/** A container or component that is not there is another matter. */
function isNoSuchPath(error: unknown): boolean {
  return error instanceof StatusRefusalError && error.status === 404 && !/^MP(8\d{3}|4107|4108)$/.test(error.refusal.code)
}
