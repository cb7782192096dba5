import { mkdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, posix, resolve } from 'node:path'
import type { RemotePlace, ReplicaClient } from '../client/replica-client.ts'
import type { Io } from '../io.ts'
import { refuse, refuseUsage } from '../refusal-error.ts'
import { plainName, readFirstHeader } from './archive-reader.ts'
import { meansContents, meansDirectory } from './place.ts'
import { lookAt } from './remote-files.ts'
import { type Copied, unpack } from './unpack.ts'

export interface Download {
  readonly replicas: ReplicaClient
  readonly from: RemotePlace
  /** The path as it was written, for what its end means. */
  readonly written: string
  /** On this machine. */
  readonly to: string
  readonly links: 'follow the first' | 'keep'
}

/** The archive itself, to a pipe. */
export async function downloadArchive(replicas: ReplicaClient, from: RemotePlace, io: Io): Promise<void> {
  if (io.stdout.isTTY) throw refuseUsage('cp: an archive is not written to a terminal', 'Send it into a file or a program: … - > files.tar')
  for await (const piece of await replicas.download(from)) {
    io.stdout.write(piece)
    await io.stdout.written()
  }
}

/** Copies a path of a container to this machine, in the manner of docker cp. */
export async function download(order: Download): Promise<Copied> {
  const { replicas, from, written, links } = order
  const wanted = links === 'keep' ? from : { ...from, path: (await lookAt(replicas, from)).path }
  const header = await readFirstHeader(await replicas.download(wanted))
  const isDirectory = header?.type === 'directory'
  if (!isDirectory && meansDirectory(written)) throw refuse('MP8109', 'failed', { message: `${from.path} is not a directory` })
  const target = await targetOf(order, isDirectory ? 'directory' : 'file')
  return await unpack(await replicas.download(wanted), { target, root: plainName(header?.name ?? '') })
}

/** Where what is copied goes. Source: docker cp, its table of sources and destinations. */
async function targetOf({ from, written, to }: Download, source: 'file' | 'directory'): Promise<string> {
  const there = await stat(to).catch(() => undefined)
  if (there?.isDirectory() === true) {
    const into = await realpath(to)
    const name = posix.basename(from.path)
    return name === '' || (source === 'directory' && meansContents(written)) ? into : join(into, name)
  }
  if (there !== undefined) {
    if (source === 'directory') throw refuse('MP8109', 'failed', { message: `cannot copy the directory ${from.path} over the file ${to}` })
    return await realpath(to)
  }
  if (source === 'file' && meansDirectory(to))
    throw refuse('MP8109', 'failed', { message: `there is no directory ${to}`, next: 'create it, or name a file' })
  const path = resolve(to)
  const above = await realpath(dirname(path)).catch(() => {
    throw refuse('MP8109', 'failed', { message: `there is no directory ${dirname(path)}`, next: 'create it first' })
  })
  const target = join(above, basename(path))
  if (source === 'directory') await mkdir(target)
  return target
}
