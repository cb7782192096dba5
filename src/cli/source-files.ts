import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceFiles } from '../dialects/loading.ts'

/** The machine's files, for loading a model in this process. */
export const sourceFiles: SourceFiles = {
  readText: async (path) => await orUndefined(async () => await readFile(path, 'utf8')),
  list: async (path) =>
    await orUndefined(async () => {
      const names = (await readdir(path)).sort()
      return await Promise.all(names.map(async (name) => ({ name, directory: await isDirectory(join(path, name)) })))
    }),
}

async function isDirectory(path: string): Promise<boolean> {
  return (await orUndefined(async () => await stat(path)))?.isDirectory() === true
}

/** Undefined for what is not there, or is of the other kind. */
async function orUndefined<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined
    throw error
  }
}
