import { readFile, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { hashText } from '../../../../src/kernel/hash.ts'
import { isMissing, messageOf } from '../../../process-identity/system-error.ts'
import { contextFault } from './build-faults.ts'

/** What a build reads before it sends anything. */
export interface BuildFiles {
  /** Absolute directory. */
  readonly context: string
  /** Path of the Dockerfile in the archive. */
  readonly dockerfile: string
  /** Its text. */
  readonly recipe: string
  /** Lines of the ignore file that counts; empty when there is none. */
  readonly ignore: string
  /** Files that the archive has in place of, or beside, those of the context. */
  readonly extra: ReadonlyMap<string, string>
}

export const IGNORE_FILE = '.dockerignore'

/** Finds the Dockerfile and the ignore file of a build. Throws a fault that names what is missing. */
export async function readBuildFiles(build: {
  readonly context: string
  readonly dockerfile?: string
  readonly ref: string
}): Promise<BuildFiles> {
  const context = resolve(build.context)
  if (!(await isDirectory(context))) throw contextFault(build.ref, `its directory ${context} does not exist`)
  const path = resolve(context, build.dockerfile ?? 'Dockerfile')
  const recipe = await readText(path, build.ref)
  if (recipe === undefined) throw contextFault(build.ref, `there is no ${path}`)
  const own = await readText(`${path}${IGNORE_FILE}`, build.ref)
  const ignore = own ?? (await readText(join(context, IGNORE_FILE), build.ref)) ?? ''
  const inner = relative(context, path)
  if (!inner.startsWith('..') && !isAbsolute(inner)) {
    const dockerfile = inner.split(sep).join('/')
    return { context, dockerfile, recipe, ignore, extra: own === undefined ? new Map() : new Map([hidden(own)]) }
  }
  // The name depends on the content only, so that the archive of an unchanged build is unchanged.
  const dockerfile = `.minipaas-${hashText(recipe, 12)}.Dockerfile`
  return { context, dockerfile, recipe, ignore, extra: new Map([[dockerfile, recipe], hidden(`${ignore}\n${dockerfile}`)]) }
}

/** The engine's builder takes what this file names, and then this file, out of the context again. Source: moby, removeDockerfile. */
function hidden(ignore: string): readonly [string, string] {
  return [IGNORE_FILE, `${ignore}\n${IGNORE_FILE}\n`]
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

async function readText(path: string, ref: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw contextFault(ref, `${path} cannot be read: ${messageOf(error)}`)
  }
}
