import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ControlPorts } from '../../src/control/ports.ts'
import { FaultError } from '../../src/kernel/fault.ts'

type SourceFiles = ControlPorts['files']

/** Far beyond any model; a larger file was named by mistake. */
const MAX_BYTES = 32 * 1024 * 1024

/** Reads the user's files as they are on disk at each call. What exists and cannot be read is a fault, not an absence. */
export function createSourceFiles(): SourceFiles {
  return {
    async readText(path) {
      const found = await whenPresent(path, stat(path))
      if (found === undefined || found.isDirectory()) return undefined
      if (!found.isFile()) throw unreadable(path, 'it is not a regular file')
      if (found.size > MAX_BYTES) throw unreadable(path, `it has more than ${MAX_BYTES / 1024 / 1024} MiB`)
      const bytes = await whenPresent(path, readFile(path))
      return bytes === undefined ? undefined : decode(path, bytes)
    },
    async list(path) {
      const entries = await whenPresent(path, readdir(path, { withFileTypes: true }))
      if (entries === undefined) return undefined
      const listed = entries.map(async (entry) => {
        // A link counts as what it leads to.
        const directory = entry.isSymbolicLink() ? await isDirectory(join(path, entry.name)) : entry.isDirectory()
        return { name: entry.name, directory }
      })
      return (await Promise.all(listed)).sort((left, right) => (left.name < right.name ? -1 : 1))
    },
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unreadable(path, 'it is not UTF-8 text')
  }
}

async function whenPresent<T>(path: string, reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unreadable(path, error instanceof Error ? error.message : String(error))
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

function unreadable(path: string, why: string): FaultError {
  return new FaultError({ kind: 'denied', code: 'MP8053', message: `${path} cannot be read: ${why}`, retry: 'never' })
}
