import type { LoadRequest, SourceFiles } from '../loading.ts'
import type { ReadingDiagnostic } from '../source/source-doc.ts'
import type { Sources } from '../source/sources.ts'
import type { OverlayContent } from './content.ts'

export interface ReadOverlay {
  readonly content: OverlayContent
  readonly models: readonly string[]
  readonly diagnostics: readonly ReadingDiagnostic[]
  readonly watched: readonly string[]
}

export async function readOverlay(
  _request: LoadRequest,
  at: { readonly path: string; readonly files: SourceFiles; readonly sources: Sources },
): Promise<ReadOverlay> {
  return { content: {}, models: [], diagnostics: [], watched: [at.path] }
}
