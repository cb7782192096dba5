import { createWriteStream } from 'node:fs'
import { chmod, link, lstat, mkdir, realpath, rm, symlink, utimes } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { refuse } from '../refusal-error.ts'
import { type Entry, plainName, readEntries } from './archive-reader.ts'

/** How much was copied. */
export interface Copied {
  readonly files: number
  readonly bytes: number
  /** Devices, sockets and the like, which are not copied. */
  readonly skipped: readonly string[]
}

export interface Unpacking {
  /** Where the first entry of the archive goes; what is below it goes below. Its directory exists. */
  readonly target: string
  /** The first entry's name; names below it are told from it. */
  readonly root: string
}

type Kind = 'file' | 'directory' | 'symlink' | 'link' | 'other'

/**
 * Writes an archive to this machine. Nothing is written outside of the target, neither by names nor through links that the archive (or
 * somebody else) has put there; owners are not kept, and of the modes only the permission bits.
 */
export async function unpack(archive: AsyncIterable<Uint8Array>, place: Unpacking): Promise<Copied> {
  const writer = new Writer(place)
  for await (const entry of readEntries(archive)) await writer.add(entry)
  return await writer.finish()
}

class Writer {
  readonly #place: Unpacking
  readonly #directories: { readonly path: string; readonly mode: number; readonly mtime: Date }[] = []
  readonly #skipped: string[] = []
  #files = 0
  #bytes = 0

  constructor(place: Unpacking) {
    this.#place = place
  }

  async add(entry: Entry): Promise<void> {
    const { name, type, linkname, mode, size, mtime } = entry.header
    const path = this.#pathOf(name)
    const kind = kindOf(type)
    if (kind === 'other') {
      this.#skipped.push(name)
      entry.resume()
      return
    }
    await this.#prepare(path, kind)
    switch (kind) {
      case 'directory':
        this.#directories.push({ path, mode, mtime })
        break
      case 'symlink':
        await symlink(linkname, path)
        break
      case 'link':
        await link(await this.#inside(this.#pathOf(linkname)), path)
        break
      case 'file':
        await pipeline(entry as unknown as NodeJS.ReadableStream, createWriteStream(path, { flags: 'wx', mode: mode & 0o777 }))
        await chmod(path, mode & 0o777)
        await utimes(path, mtime, mtime)
        this.#bytes += size
        break
    }
    if (kind !== 'directory') this.#files++
    entry.resume()
  }

  /** The innermost directories first: one that may not be written to must be complete by then. */
  async finish(): Promise<Copied> {
    for (const { path, mode, mtime } of this.#directories.reverse()) {
      await chmod(path, mode & 0o777)
      await utimes(path, mtime, mtime)
    }
    return { files: this.#files, bytes: this.#bytes, skipped: this.#skipped }
  }

  #pathOf(name: string): string {
    const { target, root } = this.#place
    const plain = plainName(name)
    if (plain.split('/').includes('..')) throw outside(name)
    if (root === '') return resolve(target, plain)
    if (plain === root) return target
    if (plain.startsWith(`${root}/`)) return resolve(target, plain.slice(root.length + 1))
    throw outside(name)
  }

  /** Directories above are there, and what is in the way is gone. */
  async #prepare(path: string, kind: Kind): Promise<void> {
    if (path !== this.#place.target) await mkdir(dirname(await this.#inside(path)), { recursive: true })
    await this.#inside(path)
    const there = await lstat(path).catch(() => undefined)
    if (kind === 'directory') {
      if (there?.isDirectory() === true) return
      if (there !== undefined) throw refuse('MP8109', 'failed', { message: `cannot write the directory ${path}: a file is there` })
      await mkdir(path)
      return
    }
    if (there?.isDirectory() === true) throw refuse('MP8109', 'failed', { message: `cannot write the file ${path}: a directory is there` })
    await rm(path, { force: true })
  }

  /** The path, when following the links that are there does not lead out of the target. */
  async #inside(path: string): Promise<string> {
    const { target } = this.#place
    if (path === target) return path
    const root = await realpath(target).catch(() => resolve(target))
    const parent = await realpathOfExisting(dirname(path))
    if (parent === root || parent.startsWith(root.endsWith(sep) ? root : root + sep)) return path
    throw outside(path)
  }
}

/** The real path of what exists of a path, with the rest as it is. */
async function realpathOfExisting(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const above = dirname(path)
    return above === path ? path : resolve(await realpathOfExisting(above), path.slice(above.length + (above.endsWith(sep) ? 0 : 1)))
  }
}

function kindOf(type: Entry['header']['type']): Kind {
  switch (type) {
    case 'file':
    case 'contiguous-file':
      return 'file'
    case 'directory':
    case 'symlink':
    case 'link':
      return type
    default:
      return 'other'
  }
}

function outside(name: string): Error {
  return refuse('MP8109', 'failed', {
    message: `the archive wants to write outside of the destination: ${name}`,
    next: 'nothing more was copied; look at the archive with `minipaas cp … - | tar -t`',
  })
}
