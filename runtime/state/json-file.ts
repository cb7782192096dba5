import { open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

let drafts = 0

/** Replaces a file as a whole: a reader sees the old text or the new one, never a part. Mode 0600. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}-${drafts++}.tmp`)
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(`${JSON.stringify(value)}\n`)
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** What a read found: nothing, a value that the check accepts, or something else, which was moved aside and not deleted. */
export type JsonRead<T> =
  | { readonly found: 'nothing' }
  | { readonly found: 'value'; readonly value: T }
  | { readonly found: 'unusable'; readonly setAside: string }

/** Reads and checks a JSON file; `check` returns undefined for what is not of the expected shape and version. */
export async function readJson<T>(path: string, check: (value: unknown) => T | undefined): Promise<JsonRead<T>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return { found: 'nothing' }
    throw error
  }
  const value = check(parse(text))
  if (value !== undefined) return { found: 'value', value }
  return { found: 'unusable', setAside: await setAside(path) }
}

/** Renames a file to the first free `<name>.set-aside-<n>`, from 1. */
async function setAside(path: string): Promise<string> {
  for (let number = 1; ; number++) {
    const target = `${path}.set-aside-${number}`
    if (await exists(target)) continue
    await rename(path, target)
    return target
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await (await open(path, 'r')).close()
    return true
  } catch (error) {
    return !isMissing(error)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isMissing(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** The code of a system error, whichever realm it was made in. */
export function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
