import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { SourceFiles } from './loading.ts'

/** Files of the user's machine that may refuse to be read: a refusal becomes a diagnostic and reads as absent. */
export class CarefulFiles implements SourceFiles {
  readonly #files: SourceFiles
  readonly #refused = new Map<string, Diagnostic>()

  constructor(files: SourceFiles) {
    this.#files = files
  }

  readText(path: string): Promise<string | undefined> {
    return this.#try(path, () => this.#files.readText(path))
  }

  list(path: string): ReturnType<SourceFiles['list']> {
    return this.#try(path, () => this.#files.list(path))
  }

  /** The diagnostics with refusals in place of what says that the same path does not exist. */
  explain<D extends Diagnostic>(diagnostics: readonly D[]): readonly (D | Diagnostic)[] {
    const others = diagnostics.filter(
      ({ code, message }) => !(ABSENT.has(code) && [...this.#refused.keys()].some((path) => message.endsWith(path))),
    )
    return [...this.#refused.values(), ...others]
  }

  async #try<T>(path: string, read: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      return await read()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const message = why.includes(path) ? why : `${path} cannot be read: ${why}`
      this.#refused.set(path, { code: 'MP1016', severity: 'error', message, hint: 'check the permissions of the file' })
      return undefined
    }
  }
}

const ABSENT = new Set(['MP1006', 'MP1054'])
