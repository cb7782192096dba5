import { isAbsolute } from 'node:path'
import { EXIT_CODES } from '../../wire/answers.ts'
import { type Client, requireView } from '../client/client.ts'
import type { RemotePlace } from '../client/replica-client.ts'
import { download, downloadArchive } from '../copy/download.ts'
import { parsePlace } from '../copy/place.ts'
import type { Copied } from '../copy/unpack.ts'
import { upload, uploadArchive } from '../copy/upload.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { pickComponents } from '../pick-components.ts'
import { refuseUsage } from '../refusal-error.ts'

/** Copies files between a container and this machine, as docker cp does; one of both may be a tar archive on a pipe. */
export async function cp(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, options, globals } = invocation
  const [from, to] = [parsePlace(operands[0] ?? ''), parsePlace(operands[1] ?? '')]
  const links = options.flag('followLink') ? 'follow the first' : 'keep'
  const { replicas } = client
  if (from.on === 'replica' && to.on === 'replica')
    throw refuseUsage(
      'cp: between two containers',
      'Copy to this machine first, or send an archive: minipaas cp web:/a - | minipaas cp - api:/b',
    )
  if (from.on === 'replica') {
    const at = await known(from.at)
    if (to.on === 'pipe') await downloadArchive(replicas, at, io)
    else if (to.on === 'machine') report(await download({ replicas, from: at, written: from.written, to: here(to.path), links }), to.path)
  } else if (to.on === 'replica') {
    const at = await known(to.at)
    if (from.on === 'pipe') await uploadArchive(replicas, at, io)
    else report(await upload({ replicas, from: here(from.path), to: at, written: to.written, links }), operands[1] ?? '')
  } else throw refuseUsage('cp: neither the source nor the destination is in a container', 'For example web:/app/log ./log')
  return EXIT_CODES.ok

  /** The component by its key; an unknown one is refused with the nearest. */
  async function known(at: RemotePlace): Promise<RemotePlace> {
    const [component] = pickComponents(await requireView(client), [at.component])
    return { ...at, component: component?.key ?? at.component }
  }

  /** Relative to where the command was given; the end of the path, which has a meaning, stays. */
  function here(path: string): string {
    return isAbsolute(path) ? path : `${io.cwd}/${path}`
  }

  function report({ files, bytes, skipped }: Copied, destination: string): void {
    if (globals.format === 'json') io.stdout.write(`${JSON.stringify({ schemaVersion: 1, files, bytes, skipped })}\n`)
    if (skipped.length > 0) io.stderr.write(`not copied, because they are no files: ${skipped.join(', ')}\n`)
    if (!options.flag('quiet') && globals.format === 'text')
      io.stderr.write(`copied ${files} ${files === 1 ? 'file' : 'files'} (${sizeOf(bytes)}) to ${destination}\n`)
  }
}

function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let size = bytes / 1024
  let unit = 0
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024
  return `${size.toFixed(1)} ${units[unit]}`
}
