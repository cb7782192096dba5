import type { DefinitionView } from '../definitions/definition.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { conclude, hasErrors } from '../kernel/outcome.ts'
import { type Assembly, assemble } from './assemble.ts'
import { CarefulFiles } from './careful-files.ts'
import type { Loaded, LoadRequest, LoadResult, LocatedDiagnostic, SourceFiles } from './loading.ts'
import { misplacedSecrets, secretPlaces } from './oam/secret-places.ts'
import { readOverlay } from './overlay/read-overlay.ts'
import { ModelReader } from './read-files.ts'
import { sortDocuments } from './sort-documents.ts'
import { resolvePath } from './source/paths.ts'
import { Sources } from './source/sources.ts'

const OVERLAY = 'minipaas.yaml'
/** Model files that are looked for when none is given. */
const DEFAULT_MODELS = ['app.yaml', 'app.yml', 'application.yaml']

/** Loads applications from text. Everything wrong with the input comes back as diagnostics; nothing is thrown. */
export async function loadApplications(request: LoadRequest, userFiles: SourceFiles, view: DefinitionView): Promise<LoadResult> {
  const files = new CarefulFiles(userFiles)
  const sources = new Sources()
  const overlayPath = resolvePath(request.directory, request.overlay ?? OVERLAY)
  const overlay = await readOverlay(request, { path: overlayPath, files, sources })
  const wanted = await modelFiles(request, overlay.models, files)
  const reader = new ModelReader(request, files, sources)
  const read = await reader.read(wanted, overlayPath)
  const watched = [...new Set([...overlay.watched, ...read.watched])]
  const finish = (diagnostics: readonly Diagnostic[], assembly?: Assembly): LoadResult => {
    for (const origin of misplacedSecrets(diagnostics, secret)) sources.hide(origin)
    const shown = sources.show(files.explain(diagnostics))
    const value: Loaded = assembly?.loaded ?? { applications: [], secrets: new Map() }
    return {
      outcome: conclude(value, shown.map(withoutPlace)),
      shown,
      watched: [...watched, ...(assembly?.watched ?? [])],
      locate: (origin) => sources.place(origin),
    }
  }

  const secret = read.files.flatMap((file) => file.docs).map((doc) => secretPlaces(doc, view))
  for (const { values } of secret) for (const origin of values) sources.hide(origin)
  const sorted = sortDocuments(read.files)
  const reading = [...overlay.diagnostics, ...read.diagnostics, ...sorted.diagnostics]
  const noModel = wanted.length === 0 ? [noModelFile()] : []
  if (hasErrors(files.explain([...reading, ...noModel]))) return finish([...reading, ...noModel])
  const assembly = await assemble({
    request,
    files,
    view,
    sorted,
    overlay: overlay.content,
    narrow: (origin, text, keys) => sources.narrow(origin, text, keys),
  })
  return finish([...reading, ...assembly.diagnostics], assembly)
}

function withoutPlace({ line: _line, column: _column, excerpt: _excerpt, related, ...diagnostic }: LocatedDiagnostic): Diagnostic {
  if (related === undefined) return diagnostic
  return { ...diagnostic, related: related.map(({ message, origin }) => ({ message, origin })) }
}

async function modelFiles(request: LoadRequest, models: readonly string[], files: SourceFiles): Promise<LoadRequest['files']> {
  if (request.files.length > 0) return request.files
  if (models.length > 0) return models.map((path) => ({ path }))
  for (const name of DEFAULT_MODELS) {
    const path = resolvePath(request.directory, name)
    if ((await files.readText(path)) !== undefined) return [{ path }]
  }
  return []
}

function noModelFile(): Diagnostic {
  return {
    code: 'MP1012',
    severity: 'error',
    message: 'there is no model file',
    hint: `give one with -f, list it under "models" in ${OVERLAY}, or call it ${DEFAULT_MODELS[0]}`,
  }
}
