import { createReadStream, type ReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { type Pack, pack } from 'tar-stream'
import { messageOf } from '../../../process-identity/system-error.ts'
import { contextFault } from './build-faults.ts'
import { type BuildFiles, IGNORE_FILE } from './build-files.ts'
import { type ContextFile, listContext } from './context-files.ts'
import { parseIgnoreRules } from './ignore-rules.ts'

/**
 * The context of a build as a tar archive that is written while it is read. Modes and links are kept; owners are root, as from any
 * client. Times are kept: builders leave them out of their comparison, and programs tell them to others.
 */
export function archiveContext(files: BuildFiles, ref: string): Readable {
  const archive = pack()
  write(archive, files).catch((error: unknown) => {
    archive.destroy(contextFault(ref, messageOf(error)))
  })
  return Readable.from(archive, { objectMode: false })
}

async function write(archive: Pack, files: BuildFiles): Promise<void> {
  const { context, dockerfile, extra } = files
  const rules = parseIgnoreRules(files.ignore)
  const sent = new Set<string>()
  for await (const file of listContext(context, rules)) {
    if (extra.has(file.path)) continue
    await add(archive, file)
    sent.add(file.path)
  }
  const made = new Map(extra)
  // The builder needs both even where the rules keep them out of the image: it takes them out itself.
  if (!sent.has(dockerfile) && !made.has(dockerfile)) made.set(dockerfile, files.recipe)
  if (files.ignore !== '' && !sent.has(IGNORE_FILE) && !made.has(IGNORE_FILE)) made.set(IGNORE_FILE, files.ignore)
  for (const [name, text] of made) await addText(archive, name, text)
  archive.finalize()
}

async function add(archive: Pack, file: ContextFile): Promise<void> {
  const header = { name: file.path, mode: file.mode, mtime: file.mtime, uid: 0, gid: 0 }
  switch (file.type) {
    case 'directory':
      return await addEntry(archive, { ...header, type: 'directory' }, undefined)
    case 'symlink':
      return await addEntry(archive, { ...header, type: 'symlink', linkname: file.target }, undefined)
    case 'file': {
      // A file that grows meanwhile must not write beyond the size in its header.
      const source = file.size === 0 ? undefined : createReadStream(file.source, { end: file.size - 1 })
      return await addEntry(archive, { ...header, type: 'file', size: file.size }, source)
    }
  }
}

/** Resolves when the entry is in the archive as a whole; reading waits while the archive is full. */
function addEntry(archive: Pack, header: Parameters<Pack['entry']>[0], source: ReadStream | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const sink = archive.entry(header, (error) => {
      source?.destroy()
      if (error === null || error === undefined) resolve()
      else reject(error)
    })
    if (source === undefined) return void sink.end(null)
    source.on('error', (error) => {
      reject(error)
      sink.destroy(error)
    })
    source.on('data', (chunk) => {
      if (!sink.write(chunk)) source.pause()
    })
    sink.on('drain', () => source.resume())
    source.on('end', () => sink.end(null))
  })
}

function addText(archive: Pack, name: string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const header = { name, mode: 0o644, uid: 0, gid: 0 }
    archive.entry(header, text, (error) => (error === null || error === undefined ? resolve() : reject(error)))
  })
}
