export { loadApplications } from './load.ts'
export type { LoadRequest, LoadResult, SourceFiles } from './loading.ts'
export { renderDiagnostic } from './source/render-diagnostic.ts'
