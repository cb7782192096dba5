/** The shape of a value of the Application envelope. `properties` and the like are `anything`: definitions check them. */
export type Shape =
  | { readonly is: 'text'; readonly values?: readonly string[]; readonly name?: 'label' | 'subdomain'; readonly duration?: true }
  | { readonly is: 'map of text' }
  | { readonly is: 'anything' }
  | { readonly is: 'free map' }
  | { readonly is: 'list'; readonly of: Shape }
  | ObjectShape

export interface ObjectShape {
  readonly is: 'object'
  readonly fields: Readonly<Record<string, Shape>>
  readonly required: readonly string[]
}

const text: Shape = { is: 'text' }
const anything: Shape = { is: 'anything' }
const freeMap: Shape = { is: 'free map' }
const mapOfText: Shape = { is: 'map of text' }
const listOf = (of: Shape): Shape => ({ is: 'list', of })
const object = (fields: ObjectShape['fields'], ...required: readonly string[]): ObjectShape => ({ is: 'object', fields, required })

const mode: Shape = { is: 'text', values: ['StepByStep', 'DAG'] }
const inputs = listOf(object({ from: text, parameterKey: text }, 'from'))
const outputs = listOf(object({ name: text, valueFrom: text }, 'name', 'valueFrom'))

const trait = object({ type: text, properties: freeMap }, 'type')

const component = object(
  {
    name: { is: 'text', name: 'label' },
    type: text,
    properties: freeMap,
    dependsOn: listOf(text),
    inputs,
    outputs,
    traits: listOf(trait),
    externalRevision: text,
    scopes: anything,
  },
  'name',
  'type',
)

const policy = object({ name: text, type: text, properties: freeMap }, 'type')

const stepFields = {
  name: text,
  type: text,
  meta: object({ alias: text }),
  if: text,
  timeout: { is: 'text', duration: true },
  dependsOn: listOf(text),
  inputs,
  outputs,
  properties: freeMap,
} as const satisfies ObjectShape['fields']

const subStep = object(stepFields, 'type')
const step = object({ ...stepFields, mode, subSteps: listOf(subStep) }, 'type')

/** Metadata of any Kubernetes object; what the API server fills in is accepted. */
export const METADATA: ObjectShape = object(
  {
    name: { is: 'text', name: 'subdomain' },
    namespace: { is: 'text', name: 'label' },
    labels: mapOfText,
    annotations: mapOfText,
    generateName: text,
    uid: anything,
    resourceVersion: anything,
    generation: anything,
    creationTimestamp: anything,
    deletionTimestamp: anything,
    managedFields: anything,
    finalizers: anything,
    ownerReferences: anything,
    selfLink: anything,
  },
  'name',
)

/** Application, core.oam.dev/v1beta1. Source: KubeVela, application_types.go and common/types.go. */
export const APPLICATION: ObjectShape = object(
  {
    apiVersion: text,
    kind: text,
    metadata: METADATA,
    spec: object(
      {
        components: listOf(component),
        policies: listOf(policy),
        workflow: object({ ref: text, mode: object({ steps: mode, subSteps: mode }), steps: listOf(step) }),
      },
      'components',
    ),
    status: anything,
  },
  'apiVersion',
  'kind',
  'metadata',
  'spec',
)

/** The envelope after the check: what the shapes above promise. */
export interface ApplicationText {
  readonly metadata: MetadataText
  readonly spec: {
    readonly components: readonly ComponentText[]
    readonly policies?: readonly PolicyText[] | null
    readonly workflow?: WorkflowText | null
  }
}

export interface MetadataText {
  readonly name: string
  readonly namespace?: string | null
  readonly labels?: Readonly<Record<string, string>> | null
  readonly annotations?: Readonly<Record<string, string>> | null
}

export interface InputText {
  readonly from: string
  readonly parameterKey?: string | null
}

export interface OutputText {
  readonly name: string
  readonly valueFrom: string
}

export interface ComponentText {
  readonly name: string
  readonly type: string
  readonly properties?: unknown
  readonly dependsOn?: readonly string[] | null
  readonly inputs?: readonly InputText[] | null
  readonly outputs?: readonly OutputText[] | null
  readonly traits?: readonly { readonly type: string; readonly properties?: unknown }[] | null
}

export interface PolicyText {
  readonly name?: string | null
  readonly type: string
  readonly properties?: unknown
}

export type ModeText = 'StepByStep' | 'DAG'

export interface StepText {
  readonly name?: string | null
  readonly type: string
  readonly meta?: { readonly alias?: string | null } | null
  readonly if?: string | null
  readonly timeout?: string | null
  readonly dependsOn?: readonly string[] | null
  readonly inputs?: readonly InputText[] | null
  readonly outputs?: readonly OutputText[] | null
  readonly properties?: unknown
  readonly mode?: ModeText | null
  readonly subSteps?: readonly StepText[] | null
}

export interface WorkflowText {
  readonly ref?: string | null
  readonly mode?: { readonly steps?: ModeText | null; readonly subSteps?: ModeText | null } | null
  readonly steps?: readonly StepText[] | null
}

/** Every field of a shape as a pattern such as `spec.components[].traits[].type`. */
export function fieldPatterns(shape: Shape, prefix = ''): string[] {
  switch (shape.is) {
    case 'object':
      return Object.entries(shape.fields).flatMap(([key, field]) => {
        const pattern = prefix === '' ? key : `${prefix}.${key}`
        return [pattern, ...fieldPatterns(field, pattern)]
      })
    case 'list':
      return fieldPatterns(shape.of, `${prefix}[]`)
    case 'text':
    case 'map of text':
    case 'free map':
    case 'anything':
      return []
  }
}
