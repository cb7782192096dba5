import { createReadStream, existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { extract, pack } from 'tar-stream'
import { FaultError } from '../../src/kernel/fault.ts'

/** The files of a pretended container, below a directory of this machine: archives as an engine makes and takes them. */
export class ContainerFiles {
  readonly root: string

  constructor(root: string) {
    this.root = root
  }

  /** The archive of a path, under its own name. */
  read(path: string): AsyncIterable<Uint8Array> {
    const file = join(this.root, path)
    if (!existsSync(file) && lstatSync(file, { throwIfNoEntry: false }) === undefined)
      throw new FaultError({ kind: 'not-found', code: 'MP4115', message: `there is no ${path}`, retry: 'never' })
    const archive = pack()
    // A reader that has seen enough leaves in the middle.
    this.#add(archive, file, basename(path) || '.').then(
      () => archive.finalize(),
      () => archive.destroy(),
    )
    return archive as unknown as Readable
  }

  /** Unpacks below a directory that exists. */
  async write(path: string, archive: AsyncIterable<Uint8Array>): Promise<void> {
    const directory = join(this.root, path)
    if (!existsSync(directory) || !lstatSync(directory).isDirectory())
      throw new FaultError({ kind: 'not-found', code: 'MP4115', message: `there is no directory ${path}`, retry: 'never' })
    const entries = extract()
    Readable.from(archive).pipe(entries)
    for await (const entry of entries) {
      const { name, type, linkname, mode } = entry.header
      const target = join(directory, name)
      if (type === 'directory') mkdirSync(target, { recursive: true })
      else if (type === 'symlink') symlinkSync(linkname ?? '', target)
      else writeFileSync(target, await buffer(entry), { mode: mode ?? 0o644 })
      entry.resume()
    }
  }

  async #add(archive: ReturnType<typeof pack>, file: string, name: string): Promise<void> {
    const { mode, size, mtime } = lstatSync(file)
    const stat = lstatSync(file)
    if (stat.isSymbolicLink()) {
      archive.entry({ name, type: 'symlink', linkname: readlinkSync(file) })
    } else if (stat.isDirectory()) {
      archive.entry({ name: `${name}/`, type: 'directory', mode: mode & 0o777, mtime })
      for (const child of readdirSync(file).sort()) await this.#add(archive, join(file, child), `${name}/${child}`)
    } else {
      const entry = archive.entry({ name, size, mode: mode & 0o777, mtime })
      await pipeline(createReadStream(file), entry as unknown as NodeJS.WritableStream)
    }
  }
}
