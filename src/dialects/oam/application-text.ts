import type { Origin } from '../../kernel/diagnostic.ts'
import { hasErrors } from '../../kernel/outcome.ts'
import { DEFAULT_NAMESPACE } from '../../model/names.ts'
import { rootOrigin, type SourceDoc } from '../source/source-doc.ts'
import type { TypeCheck } from '../type-check.ts'
import { type ApplicationFacts, copiedMetadata } from './components.ts'
import { checkEnvelope } from './envelope.ts'
import { APPLICATION, type ApplicationText } from './schema.ts'

/** The checked envelope with what all its components share; undefined when it has errors. */
export function readApplication(
  doc: SourceDoc,
  types: TypeCheck,
): { readonly text: ApplicationText; readonly facts: ApplicationFacts } | undefined {
  const origin = rootOrigin(doc)
  const check = checkEnvelope(APPLICATION, doc.value, origin)
  types.add(...check.diagnostics)
  types.notes.push(...check.notes)
  if (hasErrors(check.diagnostics)) return undefined
  const text = doc.value as ApplicationText
  return { text, facts: factsOf(text, origin) }
}

function factsOf(text: ApplicationText, origin: Origin): ApplicationFacts {
  const { metadata } = text
  const version = metadata.annotations?.['app.oam.dev/publishVersion']
  const publishVersion = metadata.annotations?.['app.oam.dev/publishVersion']
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    labels: copiedMetadata(metadata.labels, metadata.annotations?.['filter.oam.dev/label-keys']),
    annotations: copiedMetadata(metadata.annotations, metadata.annotations?.['filter.oam.dev/annotation-keys']),
    ...(publishVersion === undefined ? {} : { publishVersion }),
    ...(version === undefined ? {} : { publishVersion: version }),
    origin,
  }
}
