import { readInterceptorRoute } from '../../definitions/objects/interceptor-route.ts'
import { readAuthentication } from '../../definitions/objects/trigger-authentication.ts'
import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { Note } from '../../model/component.ts'
import { DEFAULT_NAMESPACE } from '../../model/names.ts'
import type { InterceptorRoute, TriggerAuthentication } from '../../model/scale-policy.ts'
import { rootOrigin, type SourceDoc } from '../source/source-doc.ts'
import { isRecord } from '../source/wording.ts'
import { checkEnvelope } from './envelope.ts'
import { METADATA, type MetadataText, type ObjectShape } from './schema.ts'

type Fields = Readonly<Record<string, unknown>>

/** A document that names a component as its target, before the component is looked up. */
export interface WrittenScaler {
  /** The type of the use that it becomes. */
  readonly type: string
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly annotations: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly spec: Fields
  readonly origin: Origin
}

/** What the scaling documents of a load say. */
export interface ScalingLoad {
  readonly scalers: readonly WrittenScaler[]
  /** ScaledJobs, which are components of their own. */
  readonly jobs: readonly WrittenScaler[]
  readonly authentications: readonly (TriggerAuthentication & { readonly namespace: string })[]
  readonly interceptorRoutes: readonly (InterceptorRoute & { readonly namespace: string })[]
  readonly notes: readonly Note[]
  readonly diagnostics: readonly Diagnostic[]
}

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

const SCALERS = new Set(['ScaledObject', 'HorizontalPodAutoscaler', 'HTTPScaledObject'])

/** Reads every document; scalers are only sorted, because their specs are checked with the component that they scale. */
export function lowerScaling(docs: readonly SourceDoc[]): ScalingLoad {
  const reading = new Reading()
  for (const doc of docs) {
    const found = reading.open(doc)
    if (found === undefined) continue
    if (SCALERS.has(found.kind)) reading.scalers.push(scalerOf(found))
    else if (found.kind === 'InterceptorRoute') reading.route(found)
    else if (found.kind === 'ScaledJob') reading.jobs.push(scalerOf(found))
    else reading.authentication(found)
  }
  reading.diagnostics.push(...repeated(reading.opened))
  return reading
}

interface Document {
  readonly kind: string
  readonly version: string
  readonly name: string
  readonly namespace: string
  readonly metadata: MetadataText
  readonly spec: Fields
  readonly origin: Origin
}

class Reading implements ScalingLoad {
  readonly scalers: WrittenScaler[] = []
  readonly jobs: WrittenScaler[] = []
  readonly authentications: (TriggerAuthentication & { readonly namespace: string })[] = []
  readonly interceptorRoutes: (InterceptorRoute & { readonly namespace: string })[] = []
  readonly notes: Note[] = []
  readonly diagnostics: Diagnostic[] = []
  readonly opened: Document[] = []

  /** The parts of a document; undefined when its envelope has errors. */
  open(doc: SourceDoc): Document | undefined {
    const value = doc.value as Fields
    const origin = rootOrigin(doc)
    const check = checkEnvelope(SCALING_OBJECT, value, origin)
    this.diagnostics.push(...check.diagnostics)
    this.notes.push(...check.notes)
    if (check.diagnostics.some(({ severity }) => severity === 'error')) return undefined
    const metadata = value['metadata'] as MetadataText
    const found: Document = {
      kind: String(value['kind']),
      version: String(value['apiVersion']),
      name: metadata.name,
      namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
      metadata,
      spec: value['spec'] as Fields,
      origin,
    }
    this.opened.push(found)
    return found
  }

  authentication({ kind: written, name, namespace, spec, origin }: Document): void {
    const kind = written === 'ClusterTriggerAuthentication' ? written : 'TriggerAuthentication'
    const outcome = readAuthentication(spec, { kind, name, namespace, origin })
    this.diagnostics.push(...outcome.diagnostics)
    if (outcome.ok) this.authentications.push({ ...outcome.value, namespace })
  }

  route({ name, namespace, spec, origin }: Document): void {
    const outcome = readInterceptorRoute(spec, name, origin)
    this.diagnostics.push(...outcome.diagnostics)
    if (!outcome.ok) return
    this.interceptorRoutes.push({ ...outcome.value.value, namespace })
    for (const { path, disposition, origin: at } of outcome.value.notes) {
      const subject = `InterceptorRoute ${name}: ${path.join('.')}`
      this.notes.push({
        kind: disposition.kind === 'noted' ? disposition.as : 'not-simulated',
        subject,
        text: disposition.text,
        origin: at,
      })
      this.diagnostics.push({
        code: 'MP1034',
        severity: 'note',
        message: `${path.join('.')}: ${disposition.text}`,
        origin: at,
        mark: 'key',
      })
    }
  }
}

/** Those of the namespace, and those of the cluster. */
export function visibleFrom(namespace: string, authentications: ScalingLoad['authentications']): readonly TriggerAuthentication[] {
  return authentications
    .filter((one) => one.kind === 'ClusterTriggerAuthentication' || one.namespace === namespace)
    .map(({ namespace: _, ...authentication }) => authentication)
}

function scalerOf({ kind, version, name, namespace, metadata, spec, origin }: Document): WrittenScaler {
  const older = version === 'autoscaling/v1' ? '-v1' : ''
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => key.startsWith('autoscaling.keda.sh/'))
  return {
    type: `object/${kind}${older}`,
    kind,
    name,
    namespace,
    annotations: Object.fromEntries(annotations),
    labels: metadata.labels ?? {},
    spec,
    origin,
  }
}

/** The name and kind that a scaler gives as its target; the rest of the spec may be wrong. */
export function targetOf({ spec }: WrittenScaler): { readonly name: unknown; readonly kind: string } {
  const target = isRecord(spec['scaleTargetRef']) ? spec['scaleTargetRef'] : {}
  return { name: target['name'], kind: typeof target['kind'] === 'string' ? target['kind'] : 'Deployment' }
}

function repeated(documents: readonly Document[]): readonly Diagnostic[] {
  const first = new Map<string, Document>()
  return documents.flatMap((document): Diagnostic[] => {
    const { kind, name, namespace, origin } = document
    const key = kind === 'ClusterTriggerAuthentication' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
    const earlier = first.get(key)
    first.set(key, earlier ?? document)
    if (earlier === undefined) return []
    const related = [{ message: 'first written', origin: within(earlier.origin, 'metadata', 'name') }]
    const at = within(origin, 'metadata', 'name')
    return [{ code: 'MP3126', severity: 'error', message: `${kind} "${name}" is written twice`, origin: at, related }]
  })
}
