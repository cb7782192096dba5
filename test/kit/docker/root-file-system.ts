import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Header, type Pack, pack } from 'tar-stream'
import { findProgram } from './debian-packages.ts'
import type { ImageRecipe } from './image-recipes.ts'

const BUSYBOX = '/bin/busybox'
const FOLDERS = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin', '/etc', '/dev', '/proc', '/sys', '/run', '/home', '/var/log']
/** The C library loads these by name when it looks up a user or host; since glibc 2.34 they are part of it. */
const LOADED_BY_NAME = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2']

export interface Program {
  /** On this machine. */
  readonly source: string
  /** In the image. */
  readonly target: string
}

/** Busybox with its applets, the programs, the libraries of all, and what else the recipe says, as the tar of a layer. */
export function packRootFileSystem(programs: readonly Program[], recipe: ImageRecipe): Pack {
  const tar = pack()
  addSystem(tar, recipe)
  const trees = (recipe.trees ?? []).flatMap(filesBelow)
  const loaded = trees.filter((path) => /\.so(\.|$)|\/bin\//.test(path) && lstatSync(path).isFile())
  const libraries = new Set([...programs.map(({ source }) => source), ...loaded].flatMap(librariesOf))
  for (const { source, target } of programs) addFile(tar, target, readFileSync(source), 0o755)
  for (const path of trees) {
    const stat = lstatSync(path)
    if (stat.isSymbolicLink()) add(tar, { name: path, type: 'symlink', linkname: readlinkSync(path) })
    else addFile(tar, path, readFileSync(path), stat.mode & 0o777)
    libraries.delete(path)
  }
  for (const library of libraries) addFile(tar, library, readFileSync(library), 0o755)
  for (const applet of appletsOf()) add(tar, { name: applet, type: 'symlink', linkname: BUSYBOX })
  tar.finalize()
  return tar
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name))
}

/** The programs of a recipe, after busybox. Throws when one is not on this machine. */
export function programsOf({ programs }: ImageRecipe): readonly Program[] {
  return Object.entries({ busybox: BUSYBOX, ...programs }).map(([name, target]) => ({ source: located(name), target }))
}

function addSystem(tar: Pack, { folders = [], users = [], files, links = {} }: ImageRecipe): void {
  const ids = users.map((line) => line.split(':'))
  for (const name of [...FOLDERS, ...folders]) {
    const [, , uid, gid] = ids.find((fields) => fields[5] === name) ?? []
    add(tar, { name, type: 'directory', mode: 0o755, uid: Number(uid ?? 0), gid: Number(gid ?? 0) })
  }
  for (const name of ['/tmp', '/var/tmp']) add(tar, { name, type: 'directory', mode: 0o1777 })
  add(tar, { name: '/root', type: 'directory', mode: 0o700 })
  const groups = ids.map(([name, , , gid]) => `${name}:x:${gid}:\n`).join('')
  addFile(tar, '/etc/passwd', `root:x:0:0:root:/root:/bin/sh\n${users.map((line) => `${line}\n`).join('')}`)
  addFile(tar, '/etc/group', `root:x:0:\n${groups}`)
  addFile(tar, '/etc/nsswitch.conf', 'hosts: files dns\n')
  for (const [name, text] of Object.entries(files)) addFile(tar, name, text, /\/s?bin\//.test(name) ? 0o755 : 0o644)
  for (const [name, linkname] of Object.entries(links)) add(tar, { name, type: 'symlink', linkname })
}

function addFile(tar: Pack, name: string, content: string | Buffer, mode = 0o644): void {
  add(tar, { name, mode }, content)
}

function add(tar: Pack, header: Partial<Header> & Pick<Header, 'name'>, content?: string | Buffer): void {
  const entry = { ...header, name: header.name.slice(1) }
  if (content === undefined) tar.entry(entry)
  else tar.entry(entry, content)
}

function located(name: string): string {
  const path = name === 'node' ? process.execPath : findProgram(name)
  if (path === undefined) throw new Error(`${name} is not on this machine`)
  return realpathSync(path)
}

/** Paths of the libraries, as the loader looks for them. A static program has none. */
function librariesOf(program: string): readonly string[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' })
  const linked = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path ?? '')
  const home = linked.find((path) => /\/libc\.so/.test(path))
  const byName = home === undefined ? [] : LOADED_BY_NAME.map((name) => join(dirname(home), name)).filter((path) => existsSync(path))
  return [...linked, ...byName]
}

function appletsOf(): readonly string[] {
  const names = execFileSync(located('busybox'), ['--list-full'], { encoding: 'utf8' }).trim().split('\n')
  return names.map((name) => `/${name}`).filter((name) => name !== BUSYBOX && /^\/(usr\/)?s?bin\//.test(name))
}
