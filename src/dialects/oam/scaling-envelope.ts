import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { hasErrors } from '../../kernel/outcome.ts'
import type { Note } from '../../model/component.ts'
import { DEFAULT_NAMESPACE } from '../../model/names.ts'
import { rootOrigin, type SourceDoc } from '../source/source-doc.ts'
import { checkEnvelope } from './envelope.ts'
import { checkScalingAnnotations, SKIP_SCALED_OBJECT } from './scaling-annotations.ts'
import { METADATA, type MetadataText, type ObjectShape } from './schema.ts'

/** The envelope; what is inside of `spec` has a shape of its own among the definitions. */
export const SCALING_OBJECT: ObjectShape = {
  is: 'object',
  fields: {
    apiVersion: { is: 'text' },
    kind: { is: 'text' },
    metadata: METADATA,
    spec: { is: 'free map' },
    status: { is: 'anything' },
  },
  required: ['metadata', 'spec'],
}

/** The parts of a document about scaling. */
export interface ScalingDocument {
  readonly kind: string
  readonly version: string
  readonly name: string
  readonly namespace: string
  readonly metadata: MetadataText
  readonly spec: Readonly<Record<string, unknown>>
  readonly origin: Origin
}

/** The parts of a document, and what is wrong with its envelope; no parts when that has errors. */
export function openScalingDocument(doc: SourceDoc): {
  readonly document?: ScalingDocument
  readonly diagnostics: readonly Diagnostic[]
  readonly notes: readonly Note[]
} {
  const value = doc.value as Readonly<Record<string, unknown>>
  const origin = rootOrigin(doc)
  const { diagnostics, notes } = checkEnvelope(SCALING_OBJECT, value, origin)
  if (hasErrors(diagnostics)) return { diagnostics, notes }
  const metadata = value['metadata'] as MetadataText
  const annotations = checkScalingAnnotations(metadata.annotations ?? {}, within(origin, 'metadata'))
  const document: ScalingDocument = {
    kind: String(value['kind']),
    version: String(value['apiVersion']),
    name: metadata.name,
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    metadata,
    spec: value['spec'] as ScalingDocument['spec'],
    origin,
  }
  return { document, diagnostics: [...diagnostics, ...annotations], notes }
}

/** An HTTPScaledObject that makes no ScaledObject, because the user writes one. */
export function isCountedOnly({ kind, metadata }: ScalingDocument): boolean {
  return kind === 'HTTPScaledObject' && metadata.annotations?.[SKIP_SCALED_OBJECT] === 'true'
}
