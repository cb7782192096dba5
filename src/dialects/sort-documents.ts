import type { Diagnostic } from '../kernel/diagnostic.ts'
import { recognise } from './detect.ts'
import { type ReadFile, skipped } from './read-files.ts'
import { rootOrigin, type SourceDoc } from './source/source-doc.ts'

/** The documents of a load by what they are. */
export interface SortedDocuments {
  readonly applications: readonly SourceDoc[]
  readonly objects: readonly SourceDoc[]
  /** Documents about the scaling of components. */
  readonly scaling: readonly SourceDoc[]
  /** Types that X-Definition documents declare. */
  readonly declared: ReadonlySet<string>
  readonly diagnostics: readonly Diagnostic[]
}

/** Recognises every document. Files that were only found in a directory are passed over when they are something else. */
export function sortDocuments(files: readonly ReadFile[]): SortedDocuments {
  const applications: SourceDoc[] = []
  const objects: SourceDoc[] = []
  const scaling: SourceDoc[] = []
  const declared = new Set<string>()
  const diagnostics: Diagnostic[] = []
  const passedOver: Diagnostic[] = []
  for (const file of files) {
    const recognised = file.docs.map((doc) => ({ doc, as: recognise(doc) }))
    const foreign = recognised.length > 0 && recognised.every(({ as }) => as.is === 'unknown')
    if (file.found && foreign) {
      diagnostics.push(skipped(file.file))
      continue
    }
    for (const { doc, as } of recognised) {
      switch (as.is) {
        case 'application':
          applications.push(doc)
          break
        case 'object':
          objects.push(doc)
          break
        case 'scaling':
          scaling.push(doc)
          break
        case 'ignored':
          diagnostics.push(as.diagnostic)
          break
        case 'refused':
          if (as.declares !== undefined) declared.add(as.declares)
          ;(file.found ? passedOver : diagnostics).push(as.diagnostic)
          break
        case 'unknown':
          diagnostics.push(unknownDocument(doc))
      }
    }
  }
  // Beside an application, other formats in a directory are normal; without one they are what the user meant.
  const severity = applications.length > 0 ? 'note' : 'error'
  diagnostics.push(...passedOver.map((diagnostic) => ({ ...diagnostic, severity }) as const))
  if (
    applications.length === 0 &&
    files.some(({ docs }) => docs.length > 0) &&
    !diagnostics.some((diagnostic) => diagnostic.severity === 'error')
  )
    diagnostics.push(noApplication(files))
  return { applications, objects, scaling, declared, diagnostics }
}

function unknownDocument(doc: SourceDoc): Diagnostic {
  const hint = 'an application has apiVersion: core.oam.dev/v1beta1 and kind: Application'
  return { code: 'MP1026', severity: 'error', message: 'this document is of no known format', origin: rootOrigin(doc), hint }
}

function noApplication(files: readonly ReadFile[]): Diagnostic {
  const first = files[0]?.docs[0]
  const origin = first === undefined ? {} : { origin: rootOrigin(first) }
  return {
    code: 'MP1015',
    severity: 'error',
    message: 'none of the documents is an application',
    ...origin,
    hint: 'an application has apiVersion: core.oam.dev/v1beta1 and kind: Application',
  }
}
