import { execFile } from 'node:child_process'
import { access, constants, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { elfInterpreter } from './elf-interpreter.ts'

/** A file system that holds Node, `ip` and `sleep` of this machine with all that they load. */
export interface OwnNode {
  /** Path in the image, path on this machine. */
  readonly files: ReadonlyMap<string, string>
  /** Path in the image, where it leads. */
  readonly links: ReadonlyMap<string, string>
}

export interface OwnNodePlace {
  /** Node's own program file. */
  readonly nodePath: string
  /** Folders in which programs are looked for. */
  readonly folders: readonly string[]
}

const PROGRAM_FOLDER = '/usr/local/bin'
/** Every loader of the usual C libraries looks in one of them without being told. */
const LIBRARY_FOLDERS = ['/lib', '/lib64', '/usr/lib', '/usr/lib64']
const NEEDED = ['ip', 'sleep']

const run = promisify(execFile)

/** Changes when this machine gets another Node. */
export async function ownNodeIdentity(nodePath: string): Promise<Readonly<Record<string, string | number>>> {
  const path = await realpath(nodePath)
  const { size, mtimeMs } = await stat(path)
  return { path, size, mtimeMs, version: process.version, arch: process.arch }
}

/** Finds everything. Throws an error that says, in words for the user, what is missing. */
export async function collectOwnNode(place: OwnNodePlace): Promise<OwnNode> {
  const files = new Map<string, string>()
  const links = new Map<string, string>()
  const add = async (program: string, names: readonly string[]): Promise<void> => {
    files.set(program, program)
    for (const name of names) if (join(PROGRAM_FOLDER, name) !== program) links.set(join(PROGRAM_FOLDER, name), program)
    for (const { name, path } of await librariesOf(program)) {
      files.set(path, path)
      for (const folder of LIBRARY_FOLDERS) links.set(join(folder, name), path)
    }
  }
  await add(await realpath(place.nodePath), ['node'])
  const busybox = await findBusybox(place)
  if (busybox === undefined) for (const name of NEEDED) await add(await findProgram(name, place), [name])
  else await add(busybox, [...NEEDED, 'sh'])
  for (const path of files.keys()) links.delete(path)
  return { files, links }
}

/** The loader, and every library that it would load; by the name that is looked for, and the path where it is. */
async function librariesOf(program: string): Promise<readonly { readonly name: string; readonly path: string }[]> {
  const interpreter = await elfInterpreter(program)
  if (interpreter === undefined) return []
  const { stdout } = await run(interpreter, ['--list', program]).catch((error: unknown) => {
    throw new Error(
      `${interpreter} does not say which libraries ${program} needs: ${error instanceof Error ? error.message : String(error)}`,
    )
  })
  const libraries = stdout.split('\n').flatMap((line) => {
    const missing = /^\s*(\S+) => not found/.exec(line)?.[1]
    if (missing !== undefined) throw new Error(`the library ${missing} of ${program} is missing`)
    const [, name, path] = /^\s*(\S+) => (\/\S+)/.exec(line) ?? []
    return name === undefined || path === undefined ? [] : [{ name, path }]
  })
  return [{ name: basename(interpreter), path: interpreter }, ...libraries]
}

/** One small program that is all three; undefined where there is none that does what is needed. */
async function findBusybox(place: OwnNodePlace): Promise<string | undefined> {
  try {
    const busybox = await findProgram('busybox', place)
    const { stdout } = await run(busybox, ['--list'])
    const applets = new Set(stdout.split('\n'))
    return [...NEEDED, 'sh'].every((name) => applets.has(name)) ? busybox : undefined
  } catch {
    // The single programs will do.
    return undefined
  }
}

async function findProgram(name: string, place: OwnNodePlace): Promise<string> {
  for (const folder of place.folders) {
    const path = join(folder, name)
    try {
      await access(path, constants.X_OK)
      // Some systems have one program for many names, which looks at the name it was called by.
      return await realpath(path)
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`this machine has no program "${name}"`)
}
