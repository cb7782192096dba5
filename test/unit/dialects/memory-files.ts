import type { DefinitionView } from '../../../src/definitions/definition.ts'
import { builtinDefinitions } from '../../../src/definitions/index.ts'
import { type LoadRequest, type LoadResult, loadApplications, renderDiagnostic, type SourceFiles } from '../../../src/dialects/index.ts'

/** Files by absolute path; directories follow from them. */
export function memoryFiles(texts: Readonly<Record<string, string>>): SourceFiles {
  return {
    readText: async (path) => texts[path],
    list: async (path) => {
      const below = Object.keys(texts).filter((file) => file.startsWith(`${path}/`))
      if (below.length === 0) return undefined
      const entries = new Map<string, boolean>()
      for (const file of below) {
        const [name = '', ...rest] = file.slice(path.length + 1).split('/')
        entries.set(name, rest.length > 0)
      }
      return [...entries].map(([name, directory]) => ({ name, directory }))
    },
  }
}

export const definitions: DefinitionView = builtinDefinitions()

/** Loads files of the project directory /shop; without a request, all of `files` that are named. */
export function load(texts: Readonly<Record<string, string>>, request: Partial<LoadRequest> = {}): Promise<LoadResult> {
  const inProject = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name.startsWith('/') ? name : `/shop/${name}`, text]))
  const named = Object.keys(texts).filter((name) => /^[^/]*\.(?:ya?ml|json)$/.test(name) && name !== 'minipaas.yaml')
  const complete: LoadRequest = {
    files: named.map((name) => ({ path: `/shop/${name}` })),
    directory: '/shop',
    envFiles: [],
    environment: {},
    strict: false,
    ...request,
  }
  return loadApplications(complete, memoryFiles(inProject), definitions)
}

/** All diagnostics as people see them. */
export function printed(result: LoadResult): string {
  return result.shown.map(renderDiagnostic).join('\n')
}
