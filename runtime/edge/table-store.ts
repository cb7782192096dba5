import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EdgeTable } from '../../src/model/edge.ts'

const FORMAT = 3

/** What an edge needs to serve again after it was killed. */
export interface StoredTable {
  readonly table: EdgeTable
  /** The port of each listener, by its id. */
  readonly bound: Readonly<Record<string, number>>
}

/** Keeps the last table in a file that is replaced whole, readable by its owner only. */
export class TableStore {
  readonly #directory: string
  readonly #file: string
  #last: Promise<void> = Promise.resolve()

  constructor(directory: string) {
    this.#directory = directory
    this.#file = join(directory, 'table.json')
  }

  /** Undefined when there is none, or when another version of the edge wrote it. */
  async read(): Promise<StoredTable | undefined> {
    const text = await readFile(this.#file, 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    return parseStored(text)
  }

  /** Writes one after the other; resolves when this one is on the disk. */
  write(stored: StoredTable): Promise<void> {
    const turn = this.#last.then(() => this.#replace(JSON.stringify({ format: FORMAT, ...stored })))
    this.#last = turn.catch(() => {})
    return turn
  }

  async remove(): Promise<void> {
    await this.#last
    await rm(this.#file, { force: true })
  }

  async #replace(text: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    const draft = `${this.#file}.${process.pid}.tmp`
    await writeFile(draft, text, { mode: 0o600 })
    await rename(draft, this.#file)
  }
}

function parseStored(text: string): StoredTable | undefined {
  try {
    const value = JSON.parse(text) as Partial<StoredTable> & { readonly format?: number }
    if (value.format !== FORMAT || value.table === undefined || value.bound === undefined) return undefined
    return { table: value.table, bound: value.bound }
  } catch {
    return undefined
  }
}
