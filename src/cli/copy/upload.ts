import { lstat, stat } from 'node:fs/promises'
import { basename, posix, resolve } from 'node:path'
import type { RemotePlace, ReplicaClient } from '../client/replica-client.ts'
import type { Io } from '../io.ts'
import { refuse, refuseUsage } from '../refusal-error.ts'
import { FileArchive } from './pack-files.ts'
import { meansContents, meansDirectory } from './place.ts'
import { lookAt, type RemoteFile } from './remote-files.ts'
import type { Copied } from './unpack.ts'

export interface Upload {
  readonly replicas: ReplicaClient
  /** On this machine. */
  readonly from: string
  readonly to: RemotePlace
  /** The destination as it was written, for what its end means. */
  readonly written: string
  readonly links: 'follow the first' | 'keep'
}

/** An archive from a pipe, unpacked into a directory of a container. */
export async function uploadArchive(replicas: ReplicaClient, to: RemotePlace, io: Io): Promise<void> {
  if (io.stdin.isTTY)
    throw refuseUsage('cp: an archive is not read from a terminal', 'Give it on standard input: tar -c … | minipaas cp - …')
  const there = await lookAt(replicas, to)
  if (there.is !== 'directory') throw notThere(to.path, there.is)
  await replicas.upload({ ...to, path: there.path }, io.stdin.bytes(new AbortController().signal))
}

/** Copies a path of this machine into a container, in the manner of docker cp. */
export async function upload({ replicas, from, to, written, links }: Upload): Promise<Copied> {
  const source = await lookHere(from, links)
  const there = await lookAt(replicas, to)
  const isDirectory = source.isDirectory()
  if (!isDirectory && meansDirectory(from)) throw refuse('MP8109', 'failed', { message: `${from} is not a directory` })
  if (isDirectory && there.is === 'file')
    throw refuse('MP8109', 'failed', { message: `cannot copy the directory ${from} over the file ${to.path}` })
  if (!isDirectory && there.is !== 'directory' && meansDirectory(written)) throw notThere(to.path, there.is)
  const into = there.is === 'directory' ? there.path : posix.dirname(there.path)
  const ownName = isDirectory && meansContents(from) ? '' : basename(resolve(from))
  const archive = new FileArchive({ source: from, name: there.is === 'directory' ? ownName : posix.basename(there.path), links })
  await replicas.upload({ ...to, path: into }, archive)
  return archive.copied
}

/** A slash at the end means the directory that a link leads to. */
async function lookHere(path: string, links: Upload['links']): Promise<Awaited<ReturnType<typeof stat>>> {
  try {
    return links === 'keep' && !meansDirectory(path) ? await lstat(path) : await stat(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    throw refuse('MP8107', 'failed', { message: `no such file or directory: ${path}` })
  }
}

function notThere(path: string, is: RemoteFile['is']): Error {
  const message = is === 'nothing' ? `there is no directory ${path} in the container` : `${path} is not a directory`
  return refuse('MP8109', 'failed', { message, next: 'name a directory that exists in the container' })
}
