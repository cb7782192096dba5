import { readHttpScaledObject } from '../../definitions/objects/http-scaled-object.ts'
import { readInterceptorRoute } from '../../definitions/objects/interceptor-route.ts'
import { readAuthentication } from '../../definitions/objects/trigger-authentication.ts'
import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { Note } from '../../model/component.ts'
import type { InterceptorRoute, TriggerAuthentication } from '../../model/scale-policy.ts'
import type { SourceDoc } from '../source/source-doc.ts'
import { isRecord } from '../source/wording.ts'
import { type ScalingDocument as Document, isCountedOnly, openScalingDocument } from './scaling-envelope.ts'

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

const SCALERS = new Set(['ScaledObject', 'HorizontalPodAutoscaler', 'HTTPScaledObject'])

/** Reads every document; scalers are only sorted, because their specs are checked with the component that they scale. */
export function lowerScaling(docs: readonly SourceDoc[]): ScalingLoad {
  const reading = new Reading()
  for (const doc of docs) {
    const found = reading.open(doc)
    if (found === undefined) continue
    if (found.kind === 'InterceptorRoute' || isCountedOnly(found)) reading.route(found)
    else if (SCALERS.has(found.kind)) reading.scalers.push(scalerOf(found))
    else if (found.kind === 'ScaledJob') reading.jobs.push(scalerOf(found))
    else reading.authentication(found)
  }
  reading.diagnostics.push(...repeated(reading.opened))
  return reading
}

class Reading implements ScalingLoad {
  readonly scalers: WrittenScaler[] = []
  readonly jobs: WrittenScaler[] = []
  readonly authentications: (TriggerAuthentication & { readonly namespace: string })[] = []
  readonly interceptorRoutes: (InterceptorRoute & { readonly namespace: string })[] = []
  readonly notes: Note[] = []
  readonly diagnostics: Diagnostic[] = []
  readonly opened: Document[] = []

  open(doc: SourceDoc): Document | undefined {
    const { document, diagnostics, notes } = openScalingDocument(doc)
    this.diagnostics.push(...diagnostics)
    this.notes.push(...notes)
    if (document !== undefined) this.opened.push(document)
    return document
  }

  authentication({ kind: written, name, namespace, spec, origin }: Document): void {
    const kind = written === 'ClusterTriggerAuthentication' ? written : 'TriggerAuthentication'
    const outcome = readAuthentication(spec, { kind, name, namespace, origin })
    this.diagnostics.push(...outcome.diagnostics)
    if (outcome.ok) this.authentications.push({ ...outcome.value, namespace })
  }

  route({ kind, name, namespace, spec, origin }: Document): void {
    const read = kind === 'InterceptorRoute' ? readInterceptorRoute : readHttpScaledObject
    const outcome = read(spec, name, origin)
    this.diagnostics.push(...outcome.diagnostics)
    if (!outcome.ok) return
    this.interceptorRoutes.push({ ...outcome.value.value, namespace })
    for (const { path, disposition, origin: at } of outcome.value.notes) {
      const subject = `${kind} ${name}: ${path.join('.')}`
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
