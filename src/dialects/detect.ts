import type { Code, Diagnostic } from '../kernel/diagnostic.ts'
import { rootOrigin, type SourceDoc } from './source/source-doc.ts'
import { isRecord } from './source/wording.ts'

/** What a document is to the loader. */
export type Recognition =
  | { readonly is: 'application' }
  /** An object that stands beside applications. */
  | { readonly is: 'object' }
  /** A document about the scaling of a component. */
  | { readonly is: 'scaling' }
  /** Understood, and without effect here. */
  | { readonly is: 'ignored'; readonly diagnostic: Diagnostic }
  /** Recognised, and answered instead of misread. */
  | { readonly is: 'refused'; readonly diagnostic: Diagnostic; readonly declares?: string }
  | { readonly is: 'unknown' }

interface Answer {
  readonly code: Code
  readonly message: string
  readonly hint?: string
}

const OAM_GROUP = 'core.oam.dev/'
const OBJECTS = new Set(['ConfigMap', 'Secret', 'Service'])
const KEDA = { group: /^keda\.(?:sh|k8s\.io)\//, versions: ['keda.sh/v1alpha1'] }
const SCALING = new Map<string, { readonly group: RegExp; readonly versions: readonly string[] }>([
  ['ScaledObject', KEDA],
  ['ScaledJob', KEDA],
  ['TriggerAuthentication', KEDA],
  ['ClusterTriggerAuthentication', KEDA],
  ['HorizontalPodAutoscaler', { group: /^autoscaling\//, versions: ['autoscaling/v2', 'autoscaling/v1'] }],
  ['HTTPScaledObject', { group: /^http\.keda\.sh\//, versions: ['http.keda.sh/v1alpha1'] }],
  ['InterceptorRoute', { group: /^http\.keda\.sh\//, versions: ['http.keda.sh/v1beta1'] }],
])
const DEFINITIONS = new Set([
  'ComponentDefinition',
  'TraitDefinition',
  'PolicyDefinition',
  'WorkflowStepDefinition',
  'WorkloadDefinition',
  'ScopeDefinition',
])
const SILENT_KINDS = new Set([
  'Namespace',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'PersistentVolumeClaim',
  'NetworkPolicy',
  'LimitRange',
  'ResourceQuota',
])

/** Recognises a document by its shape alone. */
export function recognise(doc: SourceDoc): Recognition {
  const value = doc.value
  if (!isRecord(value)) return { is: 'unknown' }
  const kind = value['kind']
  const version = value['apiVersion']
  for (const field of ['kind', 'apiVersion'] as const) {
    if ('apiVersion' in value && field in value && typeof value[field] !== 'string') return refuse(doc, field, notText(field))
  }
  if (typeof kind === 'string' || typeof version === 'string') return recogniseObject(doc, String(kind ?? ''), String(version ?? ''))
  if (isComposeFile(value)) return refuse(doc, 'services', compose)
  if (isContainerApp(value)) return refuse(doc, 'type', containerApp)
  if (isDaprRun(value)) return refuse(doc, 'apps', daprRun)
  return { is: 'unknown' }
}

function recogniseObject(doc: SourceDoc, kind: string, version: string): Recognition {
  if (version === '') return refuse(doc, 'apiVersion', { code: 'MP1031', message: `"apiVersion" is missing in this ${kind}` })
  const oam = version.startsWith(OAM_GROUP)
  if (kind === 'Application' && isWadm(doc.value)) return refuse(doc, 'kind', wadm)
  if (kind === 'Application' && version === 'core.oam.dev/v1beta1') return { is: 'application' }
  if (
    kind === 'ApplicationConfiguration' ||
    (oam &&
      /^core\.oam\.dev\/v1alpha[12]$/.test(version) &&
      (kind === 'Component' || kind === 'Application' || kind === 'ComponentSchematic'))
  )
    return refuse(doc, 'apiVersion', oldVersion(kind, version))
  if (kind === 'Application' || kind === '') return refuse(doc, 'apiVersion', wrongVersion(kind, version))
  if (oam && DEFINITIONS.has(kind)) return { ...refuse(doc, 'kind', definition(kind)), ...declared(doc.value) }
  if (oam)
    return refuse(doc, 'kind', {
      code: 'MP1026',
      message: `${kind} documents are not supported yet`,
      hint: 'only Application documents are read',
    })
  if (OBJECTS.has(kind))
    return version === 'v1'
      ? { is: 'object' }
      : refuse(doc, 'apiVersion', { code: 'MP1025', message: `"${version}" is not the version of a ${kind}`, hint: 'write apiVersion: v1' })
  const scaling = SCALING.get(kind)
  if (scaling?.group.test(version)) {
    if (scaling.versions.includes(version)) return { is: 'scaling' }
    const hint = `write apiVersion: ${scaling.versions.join(' or ')}`
    return refuse(doc, 'apiVersion', { code: 'MP1025', message: `"${version}" is not a version of ${kind} that is understood`, hint })
  }
  if (SILENT_KINDS.has(kind))
    return { is: 'ignored', diagnostic: diagnose(doc, 'kind', { code: 'MP1029', message: `${kind} has no effect here` }, 'note') }
  if (kind === 'Component' && version === 'dapr.io/v1alpha1')
    return {
      is: 'ignored',
      diagnostic: diagnose(doc, 'kind', { code: 'MP1029', message: 'Dapr components are not supported yet' }, 'warning'),
    }
  return { is: 'ignored', diagnostic: diagnose(doc, 'kind', notAnApplication(kind), 'warning') }
}

function isComposeFile(value: Readonly<Record<string, unknown>>): boolean {
  return isRecord(value['services'])
}

function isContainerApp(value: Readonly<Record<string, unknown>>): boolean {
  const type = value['type']
  if (typeof type === 'string' && /^microsoft\.app\//i.test(type)) return true
  const properties = value['properties']
  return (
    isRecord(properties) &&
    isRecord(properties['template']) &&
    (isRecord(properties['configuration']) || 'managedEnvironmentId' in properties)
  )
}

function isDaprRun(value: Readonly<Record<string, unknown>>): boolean {
  const apps = value['apps']
  return (
    'version' in value &&
    (isRecord(value['common']) || (Array.isArray(apps) && apps.some((app) => isRecord(app) && ('appDirPath' in app || 'appID' in app))))
  )
}

/** wadm keeps the envelope and has types of its own. */
function isWadm(value: unknown): boolean {
  const spec = isRecord(value) ? value['spec'] : undefined
  const components = isRecord(spec) ? spec['components'] : undefined
  if (!Array.isArray(components)) return false
  const types = components.map((component) => (isRecord(component) ? component['type'] : undefined))
  return (
    types.includes('capability') ||
    types.includes('actor') ||
    types.some((type, index) => type === 'component' && hasWasmImage(components[index]))
  )
}

function hasWasmImage(component: unknown): boolean {
  const properties = isRecord(component) ? component['properties'] : undefined
  const image = isRecord(properties) ? properties['image'] : undefined
  return typeof image === 'string' && /^(?:file:\/\/|wasmcloud\.)|\.wasm$|ghcr\.io\/wasmcloud\//.test(image)
}

const compose: Answer = {
  code: 'MP1020',
  message: 'this is a Compose file: Compose is not supported yet',
  hint: 'describe the application as an OAM Application (apiVersion: core.oam.dev/v1beta1)',
}
const containerApp: Answer = {
  code: 'MP1021',
  message: 'this is an Azure Container Apps file: it is not supported yet',
  hint: 'describe the application as an OAM Application (apiVersion: core.oam.dev/v1beta1)',
}
const daprRun: Answer = {
  code: 'MP1022',
  message: 'this is a Dapr multi-app run file: it is not supported yet',
  hint: 'describe the application as an OAM Application (apiVersion: core.oam.dev/v1beta1)',
}
const wadm: Answer = {
  code: 'MP1027',
  message: 'this is a wasmCloud (wadm) Application: its component types are not supported',
  hint: 'component types are those of KubeVela, such as webservice, worker and task',
}

function notText(field: string): Answer {
  return {
    code: 'MP1025',
    message: `"${field}" must be text`,
    hint: 'an application has apiVersion: core.oam.dev/v1beta1 and kind: Application',
  }
}

function oldVersion(kind: string, version: string): Answer {
  return {
    code: 'MP1024',
    message: `${kind} of ${version} belongs to an old version of OAM, which is not supported`,
    hint: 'use one Application of core.oam.dev/v1beta1: each component with its type, properties and traits',
  }
}

function wrongVersion(kind: string, version: string): Answer {
  const what = kind === '' ? 'this document has no kind' : `"${version}" is not the version of an Application`
  return { code: 'MP1025', message: what, hint: 'an application has apiVersion: core.oam.dev/v1beta1 and kind: Application' }
}

function definition(kind: string): Answer {
  return { code: 'MP1023', message: `${kind}: definitions with CUE templates are not supported yet`, hint: 'use the built-in types' }
}

function notAnApplication(kind: string): Answer {
  return {
    code: 'MP1028',
    message: `${kind} is not an application and is not started`,
    hint: 'describe it as a component of an Application (apiVersion: core.oam.dev/v1beta1), for example of type webservice',
  }
}

function declared(value: unknown): { readonly declares?: string } {
  const metadata = isRecord(value) ? value['metadata'] : undefined
  const name = isRecord(metadata) ? metadata['name'] : undefined
  return typeof name === 'string' ? { declares: name } : {}
}

function refuse(doc: SourceDoc, at: string, answer: Answer): Extract<Recognition, { is: 'refused' }> {
  return { is: 'refused', diagnostic: diagnose(doc, at, answer, 'error') }
}

function diagnose(doc: SourceDoc, at: string, answer: Answer, severity: Diagnostic['severity']): Diagnostic {
  const root = rootOrigin(doc)
  const present = isRecord(doc.value) && at in doc.value
  const origin = { ...root, path: present ? [at] : [] }
  const mark = at === 'services' || at === 'apps' ? ({ mark: 'key' } as const) : {}
  return {
    code: answer.code,
    severity,
    message: answer.message,
    origin,
    ...mark,
    ...(answer.hint === undefined ? {} : { hint: answer.hint }),
  }
}
