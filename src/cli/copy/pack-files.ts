import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Pack, pack } from 'tar-stream'
import type { Copied } from './unpack.ts'

export interface Packing {
  /** A file or directory of this machine. */
  readonly source: string
  /** Its name in the archive; empty: only what is in the directory. */
  readonly name: string
  readonly links: 'follow the first' | 'keep'
}

/** An archive of files of this machine, made while it is read. Owners are root, as with docker cp. */
export class FileArchive implements AsyncIterable<Uint8Array> {
  readonly #packing: Packing
  readonly #skipped: string[] = []
  #files = 0
  #bytes = 0

  constructor(packing: Packing) {
    this.#packing = packing
  }

  get copied(): Copied {
    return { files: this.#files, bytes: this.#bytes, skipped: this.#skipped }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const { source, name, links } = this.#packing
    const archive = pack()
    const filling = this.#add(archive, { source, name, follow: links !== 'keep' }).then(
      () => archive.finalize(),
      (error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))),
    )
    yield* archive as unknown as AsyncIterable<Uint8Array>
    await filling
  }

  async #add(archive: Pack, from: { readonly source: string; readonly name: string; readonly follow: boolean }): Promise<void> {
    const { source, name, follow } = from
    const found = follow ? await stat(source) : await lstat(source)
    const common = { mode: found.mode & 0o7777, mtime: found.mtime, uid: 0, gid: 0 }
    if (found.isDirectory()) {
      if (name !== '') archive.entry({ ...common, name: `${name}/`, type: 'directory' })
      for (const child of (await readdir(source)).sort())
        await this.#add(archive, { source: join(source, child), name: name === '' ? child : `${name}/${child}`, follow: false })
    } else if (found.isSymbolicLink()) {
      archive.entry({ ...common, name, type: 'symlink', linkname: await readlink(source) })
      this.#files++
    } else if (found.isFile()) {
      if (found.size === 0) archive.entry({ ...common, name, type: 'file' }, '')
      else {
        const entry = archive.entry({ ...common, name, type: 'file', size: found.size })
        // A file that grows meanwhile is copied as it was found.
        await pipeline(createReadStream(source, { end: found.size - 1 }), entry as unknown as NodeJS.WritableStream)
      }
      this.#files++
      this.#bytes += found.size
    } else this.#skipped.push(source)
  }
}
