import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { LoadRequest, SourceFiles } from './loading.ts'
import { parseText } from './source/parse-text.ts'
import { baseName, displayPath, resolvePath } from './source/paths.ts'
import type { ReadingDiagnostic, SourceDoc } from './source/source-doc.ts'
import type { Sources } from './source/sources.ts'

/** A model file that was read. */
export interface ReadFile {
  readonly file: string
  readonly docs: readonly SourceDoc[]
  /** Found in a directory, not named by the user: what it holds may be none of our business. */
  readonly found: boolean
}

export interface ReadFiles {
  readonly files: readonly ReadFile[]
  readonly diagnostics: readonly ReadingDiagnostic[]
  readonly watched: readonly string[]
}

/** How standard input is called in places. */
const STANDARD_INPUT = 'standard input'

const MODEL_FILE = /\.(?:ya?ml|json)$/i

/** Reads model files and directories; a text that mentions no OAM group and was only found in a directory may be broken. */
export class ModelReader {
  readonly #files: SourceFiles
  readonly #sources: Sources
  readonly #request: LoadRequest
  readonly #read: ReadFile[] = []
  readonly #diagnostics: ReadingDiagnostic[] = []
  readonly #watched: string[] = []

  constructor(request: LoadRequest, files: SourceFiles, sources: Sources) {
    this.#request = request
    this.#files = files
    this.#sources = sources
  }

  async read(wanted: LoadRequest['files'], overlay: string): Promise<ReadFiles> {
    for (const file of wanted) {
      if ('stdin' in file) this.#take(STANDARD_INPUT, file.stdin, 'named')
      else await this.#readPath(resolvePath(this.#request.directory, file.path), overlay)
    }
    return { files: this.#read, diagnostics: this.#diagnostics, watched: this.#watched }
  }

  async #readPath(path: string, overlay: string): Promise<void> {
    this.#watched.push(path)
    const shown = displayPath(this.#request.directory, path)
    const entries = await this.#files.list(path)
    if (entries !== undefined) return this.#readDirectory(path, shown, { entries, overlay })
    const text = await this.#files.readText(path)
    if (text === undefined)
      this.#diagnostics.push({
        code: 'MP1006',
        severity: 'error',
        message: `there is no file or directory ${path}`,
        hint: 'check the path',
      })
    else this.#take(shown, text, 'named')
  }

  async #readDirectory(
    path: string,
    shown: string,
    { entries, overlay }: { readonly entries: readonly { readonly name: string; readonly directory: boolean }[]; readonly overlay: string },
  ): Promise<void> {
    const names = entries
      .filter(({ name, directory }) => !directory && MODEL_FILE.test(name))
      .map(({ name }) => name)
      .sort()
    const paths = names.map((name) => resolvePath(path, name)).filter((file) => file !== overlay)
    if (paths.length === 0) {
      this.#diagnostics.push({
        code: 'MP1010',
        severity: 'error',
        message: `directory ${shown} holds no model files`,
        hint: 'files with the endings .yaml, .yml and .json are read, not those of subdirectories',
      })
    }
    for (const file of paths) {
      const text = await this.#files.readText(file)
      if (text !== undefined) this.#take(displayPath(this.#request.directory, file), text, 'found')
    }
  }

  #take(file: string, text: string, how: 'named' | 'found'): void {
    if (this.#read.some((earlier) => earlier.file === file)) {
      this.#diagnostics.push({ code: 'MP1014', severity: 'warning', message: `${file} is given twice and read once` })
      return
    }
    const { source, diagnostics } = parseText(file, text)
    const broken = diagnostics.some(({ severity }) => severity === 'error')
    if (how === 'found' && broken && !text.includes('core.oam.dev')) {
      this.#diagnostics.push(skipped(file))
      return
    }
    this.#sources.add(source)
    this.#diagnostics.push(...diagnostics)
    if (source.docs.length === 0 && !broken) this.#diagnostics.push(empty(file, how))
    this.#read.push({ file, docs: source.docs, found: how === 'found' })
  }
}

function empty(file: string, how: 'named' | 'found'): Diagnostic {
  const severity = how === 'named' ? 'error' : 'note'
  return {
    code: 'MP1009',
    severity,
    message: `${file} is empty`,
    origin: { file, doc: 0, path: [] },
    hint: 'an application has apiVersion: core.oam.dev/v1beta1 and kind: Application',
  }
}

/** A file of a directory that is not a model. */
export function skipped(file: string): Diagnostic {
  return {
    code: 'MP1011',
    severity: 'note',
    message: `${baseName(file)} holds no document that is known here and is not read`,
    origin: { file, doc: 0, path: [] },
  }
}
