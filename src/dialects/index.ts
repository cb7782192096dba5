export { loadApplications } from './load.ts'
export type { Loaded, LoadRequest, LoadResult, LocatedDiagnostic, SourceFiles } from './loading.ts'
export { renderDiagnostic } from './source/render-diagnostic.ts'
