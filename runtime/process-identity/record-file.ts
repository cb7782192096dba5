import { readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isMissing } from './system-error.ts'

let drafts = 0

/** Replaces a JSON file as a whole, mode 0600. Not flushed: after a power cut there are no processes to find either. */
export async function writeRecord(path: string, value: unknown): Promise<void> {
  const draft = `${path}.${process.pid}-${drafts++}.tmp`
  const text = `${JSON.stringify(value)}\n`
  try {
    await writeFile(draft, text, { mode: 0o600 })
  } catch (error) {
    if (!isMissing(error)) throw error
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(draft, text, { mode: 0o600 })
  }
  try {
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** The value of a JSON file; undefined when there is none or it cannot be read as JSON. */
export function readRecord(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
