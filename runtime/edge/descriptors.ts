import { readFileSync } from 'node:fs'

/** Where the system tells no limit, or none to speak of: as many as held requests for one component, and as many again. */
const DEFAULT_MAX_CLIENTS = 20_000

/** Of the descriptors clients may have this share; the rest is for connections to replicas and for the edge itself. */
const CLIENT_SHARE = 0.75

/** Connections of clients that the process' limit of open files allows, up to the default. Node has raised the soft limit to the hard one. */
export function clientLimit(): number {
  const files = openFiles()
  return files === undefined ? DEFAULT_MAX_CLIENTS : Math.min(DEFAULT_MAX_CLIENTS, Math.max(16, Math.floor(files * CLIENT_SHARE)))
}

function openFiles(): number | undefined {
  if (process.platform === 'win32') return undefined
  if (process.platform === 'linux') {
    try {
      return softLimit(readFileSync('/proc/self/limits', 'latin1'))
    } catch {
      // A system without /proc: the report below knows as well.
    }
  }
  const report = process.report?.getReport() as { readonly userLimits?: { readonly open_files?: { readonly soft?: unknown } } } | undefined
  const soft = report?.userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : undefined
}

/** The soft limit of open files in the text of /proc/self/limits; undefined when there is none. */
export function softLimit(limits: string): number | undefined {
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
  return soft === undefined ? undefined : Number(soft)
}
