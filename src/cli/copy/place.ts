import { posix } from 'node:path'
import type { RemotePlace } from '../client/replica-client.ts'
import { refuseUsage } from '../refusal-error.ts'

/** One end of a copy. */
export type Place =
  | { readonly on: 'pipe' }
  | { readonly on: 'machine'; readonly path: string }
  | { readonly on: 'replica'; readonly at: RemotePlace; readonly written: string }

const REMOTE = /^([A-Za-z0-9][A-Za-z0-9.-]*)(?:#(\d+))?:(.*)$/s
const CONTAINER = /^([a-z0-9](?:[a-z0-9-]*[a-z0-9])?):(.*)$/s
const DRIVE = /^[A-Za-z]:[\\/]/

/**
 * `component[#ordinal][:container]:path`, `-`, or a path of this machine; a path that looks like the first begins with `./`. A path in
 * a container starts at its root, as with docker cp.
 */
export function parsePlace(text: string, platform: string = process.platform): Place {
  if (text === '-') return { on: 'pipe' }
  const remote = platform === 'win32' && DRIVE.test(text) ? null : REMOTE.exec(text)
  if (remote === null) {
    if (text === '') throw refuseUsage('cp: a path is empty')
    return { on: 'machine', path: text }
  }
  const [, component = '', ordinal, rest = ''] = remote
  const inContainer = CONTAINER.exec(rest)
  const written = inContainer?.[2] ?? rest
  if (written === '') throw refuseUsage(`cp: "${text}" names no path in the container`, `For example ${component}:/etc/hosts.`)
  return {
    on: 'replica',
    written,
    at: {
      component,
      path: posix.resolve('/', written),
      ...(ordinal === undefined ? {} : { ordinal: Number(ordinal) }),
      ...(inContainer?.[1] === undefined ? {} : { container: inContainer[1] }),
    },
  }
}

/** `dir/.`: what is in the directory, and not the directory itself. */
export function meansContents(written: string): boolean {
  return written === '.' || /[\\/]\.$/.test(written)
}

/** `dir/`: must be a directory. */
export function meansDirectory(written: string): boolean {
  return /[\\/]\.?$/.test(written)
}
