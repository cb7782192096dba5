import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'

/** Where the programs lie on this machine. */
export interface HouseProgramPaths {
  /** `dist/edge.js`. */
  readonly edgeProgram: string
  /** `dist/meters.js`; parts of it that it loads when it needs them lie in the folder of the same name without the ending. */
  readonly metersProgram: string
}

/** The programs as they are put into an image. */
export interface HousePrograms {
  /** By path below the programs' folder in the image, parents before what is in them. */
  readonly files: ReadonlyMap<string, Buffer>
  /** As in `package.json`: how Node reads them. */
  readonly type: 'commonjs' | 'module'
  /** Of all that is above. */
  readonly digest: string
}

/** The programs' folder in the image. */
export const PROGRAM_FOLDER = '/minipaas'
/** Folder of parts in the image, below the programs'. */
const PARTS_FOLDER = 'meters'

/** Reads the programs, and again when one of them has changed: every sandbox asks, and together they are some megabytes. */
export class HouseProgramReader {
  readonly #paths: HouseProgramPaths
  #known: { readonly sign: string; readonly programs: HousePrograms } | undefined

  constructor(paths: HouseProgramPaths) {
    this.#paths = paths
  }

  async read(): Promise<HousePrograms> {
    const sign = await this.#sign()
    if (this.#known?.sign !== sign) this.#known = { sign, programs: await this.#read() }
    return this.#known.programs
  }

  /** The build writes all files anew, parts included. */
  async #sign(): Promise<string> {
    const { edgeProgram, metersProgram } = this.#paths
    const stats = await Promise.all([edgeProgram, metersProgram].map((path) => stat(path)))
    return stats.map(({ size, mtimeMs }) => `${size} ${mtimeMs}`).join(' ')
  }

  async #read(): Promise<HousePrograms> {
    const { edgeProgram, metersProgram } = this.#paths
    const folder = metersProgram.slice(0, -extname(metersProgram).length)
    const names = (await hasFolder(folder)) ? (await readdir(folder)).sort() : []
    const paths: readonly (readonly [string, string])[] = [
      ['edge.js', edgeProgram],
      ['meters.js', metersProgram],
      ...names.map((name) => [`${PARTS_FOLDER}/${name}`, join(folder, name)] as const),
    ]
    const files = new Map(await Promise.all(paths.map(async ([name, path]) => [name, await readFile(path)] as const)))
    // The build makes CommonJS; a program in the other form says so by its name.
    const type = extname(edgeProgram) === '.mjs' ? 'module' : 'commonjs'
    return { files, type, digest: digestOf(files, type) }
  }
}

function digestOf(files: ReadonlyMap<string, Buffer>, type: string): string {
  const digest = createHash('sha256').update(type)
  for (const [name, content] of files) digest.update(`\0${name}\0${content.length}\0`).update(content)
  return digest.digest('hex')
}

async function hasFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    // All of the program is in one file.
    return false
  }
}
