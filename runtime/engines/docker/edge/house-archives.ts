import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Pack, pack } from 'tar-stream'
import { type HousePrograms, PROGRAM_FOLDER } from './house-programs.ts'
import type { OwnNode } from './own-node.ts'

type Entry = Parameters<Pack['entry']>[0]

/** Of the programs in the context of a build. */
const CONTEXT_FOLDER = 'programs'
const ROOT = { uid: 0, gid: 0 }

/** The context of a build that puts the programs on top of an image with Node. */
export function archiveBuild(base: string, programs: HousePrograms, labels: Readonly<Record<string, string>>): Readable {
  const recipe = [`FROM ${base}`, `COPY ${CONTEXT_FOLDER}/ ${PROGRAM_FOLDER}/`, `LABEL ${formatLabels(labels)}`, ''].join('\n')
  const archive = pack()
  archive.entry({ name: 'Dockerfile', mode: 0o644, ...ROOT }, recipe)
  const files = programFiles(programs).map(([name, content]) => [`/${CONTEXT_FOLDER}/${name}`, content] as const)
  // Some engines give a folder without an entry of its own to root alone, and readers do not run as root.
  for (const folder of foldersOf(files.map(([path]) => path)))
    archive.entry({ name: inArchive(folder), type: 'directory', mode: 0o755, ...ROOT })
  for (const [path, content] of files) archive.entry({ name: inArchive(path), mode: 0o644, ...ROOT }, content)
  archive.finalize()
  return Readable.from(archive)
}

/** The whole file system of an image without a base, written while it is read. */
export function archiveOwnNode(own: OwnNode, programs: HousePrograms): Readable {
  const archive = pack()
  write(archive, own, programs).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  return Readable.from(archive)
}

/** `name=value` pairs for a LABEL instruction; values are ours and need no quotes. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}

async function write(archive: Pack, own: OwnNode, programs: HousePrograms): Promise<void> {
  const texts = programFiles(programs).map(([name, content]) => [`${PROGRAM_FOLDER}/${name}`, content] as const)
  for (const folder of foldersOf([...own.files.keys(), ...own.links.keys(), ...texts.map(([path]) => path)])) {
    await add(archive, { name: inArchive(folder), type: 'directory', mode: 0o755 })
  }
  await add(archive, { name: 'tmp', type: 'directory', mode: 0o1777 })
  for (const [path, source] of own.files) {
    const { size } = await stat(source)
    const header: Entry = { ...ROOT, name: inArchive(path), mode: 0o755, size }
    await pipeline(createReadStream(source, { end: size - 1 }), archive.entry(header))
  }
  for (const [path, linkname] of own.links) await add(archive, { name: inArchive(path), type: 'symlink', linkname })
  for (const [path, content] of texts) await add(archive, { name: inArchive(path), mode: 0o644 }, content)
  archive.finalize()
}

/** Waits until the archive has room again. */
function add(archive: Pack, header: Entry, content: Buffer | string = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    archive.entry({ ...ROOT, ...header }, content, (error) => (error === null || error === undefined ? resolve() : reject(error)))
  })
}

function programFiles({ files, type }: HousePrograms): readonly (readonly [string, Buffer | string])[] {
  return [...files, ['package.json', JSON.stringify({ type })]]
}

/** Parents before what is in them. */
function foldersOf(paths: readonly string[]): readonly string[] {
  const folders = new Set<string>()
  for (const path of paths) for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) folders.add(folder)
  return [...folders].sort()
}

function inArchive(path: string): string {
  return path.replace(/^\//, '')
}
