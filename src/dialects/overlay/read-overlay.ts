import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { hasErrors } from '../../kernel/outcome.ts'
import type { LoadRequest, SourceFiles } from '../loading.ts'
import { parseText } from '../source/parse-text.ts'
import { displayPath, parentPath, resolvePath } from '../source/paths.ts'
import type { ReadingDiagnostic } from '../source/source-doc.ts'
import type { Sources } from '../source/sources.ts'
import type { OverlayContent } from './content.ts'
import { type EnvEntry, parseEnvFile } from './env-file.ts'
import { interpolateTree, type Variable } from './interpolate.ts'
import { overlaySchema } from './schema.ts'
import { diagnoseIssues } from './schema-issues.ts'

export interface ReadOverlay {
  readonly content: OverlayContent
  /** Absolute paths of model files. */
  readonly models: readonly string[]
  readonly diagnostics: readonly ReadingDiagnostic[]
  readonly watched: readonly string[]
}

interface Place {
  readonly path: string
  readonly files: SourceFiles
  readonly sources: Sources
}

/** Reads `minipaas.yaml` and the env files; an absent overlay that nobody asked for is empty. */
export async function readOverlay(request: LoadRequest, at: Place): Promise<ReadOverlay> {
  return new OverlayReader(request, at).read()
}

class OverlayReader {
  readonly #request: LoadRequest
  readonly #at: Place
  readonly #directory: string
  readonly #origin: Origin
  readonly #diagnostics: ReadingDiagnostic[] = []
  readonly #watched: string[]

  constructor(request: LoadRequest, at: Place) {
    this.#request = request
    this.#at = at
    this.#directory = parentPath(at.path)
    this.#origin = { file: displayPath(request.directory, at.path), doc: 0, path: [] }
    this.#watched = [at.path]
  }

  async read(): Promise<ReadOverlay> {
    const variables = await this.#variables()
    const value = await this.#value()
    const interpolated = interpolateTree(value ?? {}, variables, this.#origin)
    this.#diagnostics.push(...interpolated.diagnostics)
    const parsed = overlaySchema.safeParse(interpolated.value)
    if (!parsed.success) this.#diagnostics.push(...diagnoseIssues(parsed.error.issues, interpolated.value, this.#origin))
    const text = parsed.success ? parsed.data : {}
    const all = await this.#readAll(text.envFiles ?? [], within(this.#origin, 'envFiles'))
    const components: Record<string, readonly EnvEntry[]> = {}
    for (const [name, component] of Object.entries(text.components ?? {})) {
      components[name] = await this.#readAll(component.envFiles ?? [], within(this.#origin, 'components', name, 'envFiles'))
    }
    const content: OverlayContent = {
      text,
      origin: this.#origin,
      directory: this.#directory,
      isSecret: (path) => interpolated.secretPaths.has(JSON.stringify(path)),
      envFiles: { all, components },
    }
    const models = (text.models ?? []).map((path) => resolvePath(this.#directory, path))
    return { content, models, diagnostics: this.#diagnostics, watched: this.#watched }
  }

  async #value(): Promise<unknown> {
    const text = await this.#at.files.readText(this.#at.path)
    if (text === undefined) {
      if (this.#request.overlay !== undefined)
        this.#report({ code: 'MP1006', severity: 'error', message: `there is no overlay ${this.#at.path}` })
      return undefined
    }
    const { source, diagnostics } = parseText(this.#origin.file, text)
    this.#at.sources.add(source)
    this.#diagnostics.push(...diagnostics)
    const second = source.docs[1]
    if (second !== undefined)
      this.#report({
        code: 'MP1050',
        severity: 'error',
        message: 'an overlay is one document',
        origin: { ...this.#origin, doc: second.index },
      })
    return hasErrors(diagnostics) ? undefined : source.docs[0]?.value
  }

  /** For interpolation: the environment wins over `--env-file`, which replaces `.env`; as Compose does. */
  async #variables(): Promise<ReadonlyMap<string, Variable>> {
    const variables = new Map<string, Variable>()
    const given = this.#request.envFiles.map((path) => resolvePath(this.#request.directory, path))
    const implicit = resolvePath(this.#directory, '.env')
    for (const path of given.length > 0 ? given : [implicit]) {
      const entries = await this.#readEnvFile(path, given.length > 0 ? 'required' : 'optional')
      for (const { name, value } of entries) variables.set(name, { value, secret: true })
    }
    for (const [name, value] of Object.entries(this.#request.environment)) {
      variables.set(name, { value, secret: variables.get(name)?.secret ?? false })
    }
    return variables
  }

  async #readAll(paths: readonly string[], origin: Origin): Promise<EnvEntry[]> {
    const entries: EnvEntry[] = []
    for (const [index, path] of paths.entries()) {
      entries.push(...(await this.#readEnvFile(resolvePath(this.#directory, path), 'required', within(origin, index))))
    }
    return entries
  }

  async #readEnvFile(path: string, presence: 'required' | 'optional', origin?: Origin): Promise<readonly EnvEntry[]> {
    const text = await this.#at.files.readText(path)
    this.#watched.push(path)
    if (text === undefined) {
      if (presence === 'required')
        this.#report({
          code: 'MP1054',
          severity: 'error',
          message: `there is no env file ${path}`,
          ...(origin === undefined ? {} : { origin }),
        })
      return []
    }
    const { entries, source, diagnostics } = parseEnvFile(displayPath(this.#request.directory, path), text)
    this.#at.sources.add(source)
    this.#diagnostics.push(...diagnostics)
    return entries
  }

  #report(diagnostic: Diagnostic): void {
    this.#diagnostics.push(diagnostic)
  }
}
