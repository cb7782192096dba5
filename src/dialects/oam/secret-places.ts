import type { DefinitionKind, DefinitionView } from '../../definitions/definition.ts'
import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { nearestName } from '../../kernel/nearest.ts'
import { rootOrigin, type SourceDoc } from '../source/source-doc.ts'
import { isRecord } from '../source/wording.ts'
import { undeclaredOrigins, unknownFieldOrigins } from './undeclared.ts'

/** Where secret values stand, or may stand, in a document. */
export interface SecretPlaces {
  readonly values: readonly Origin[]
  /** Parameters of types that take secrets: what is not declared there may be a secret in a wrong place. */
  readonly parameters: readonly Origin[]
}

/** The places of secrets in a document, valid or not, so that excerpts can hide them. */
export function secretPlaces(doc: SourceDoc, view: DefinitionView): SecretPlaces {
  if (!isRecord(doc.value)) return { values: [], parameters: [] }
  const origin = rootOrigin(doc)
  if (doc.value['kind'] === 'Secret') return { values: placesOfSecret(doc.value, origin), parameters: [] }
  if (typeof doc.value['kind'] === 'string' && SCALING_KINDS.test(doc.value['kind'])) return placesOfScaling(origin)
  const search = new Search(view)
  search.application(doc.value['spec'], within(origin, 'spec'))
  return search
}

/** Values without effect that may be secrets in a wrong place: of fields nobody knows, and of undeclared parameters where secrets are taken. */
export function misplacedSecrets(diagnostics: readonly Diagnostic[], places: readonly SecretPlaces[]): Origin[] {
  const mayBeSecret = (origin: Origin): boolean => places.some(({ parameters }) => isBelow(origin, parameters))
  return [...unknownFieldOrigins(diagnostics), ...undeclaredOrigins(diagnostics).filter(mayBeSecret)]
}

function isBelow(origin: Origin, parents: readonly Origin[]): boolean {
  return parents.some(
    ({ file, doc, path }) => file === origin.file && doc === origin.doc && path.every((step, at) => origin.path[at] === step),
  )
}

/** Everything of a Secret but its name and kind: annotations may repeat the values. */
function placesOfSecret(value: Readonly<Record<string, unknown>>, origin: Origin): Origin[] {
  const metadata = ['annotations', 'managedFields'].map((field) => within(origin, 'metadata', field))
  const others = Object.keys(value).filter((key) => !['apiVersion', 'kind', 'metadata', 'type', 'immutable'].includes(key))
  return [...metadata, ...others.map((key) => within(origin, key))]
}

const SCALING_KINDS = /^(?:ScaledObject|ScaledJob|(?:Cluster)?TriggerAuthentication)$/

/** A token may stand in the credential of a vault, and in metadata under a key that nobody knows. */
function placesOfScaling(origin: Origin): SecretPlaces {
  const spec = within(origin, 'spec')
  return { values: [within(spec, 'hashiCorpVault', 'credential')], parameters: [within(spec, 'triggers')] }
}

class Search implements SecretPlaces {
  readonly values: Origin[] = []
  readonly parameters: Origin[] = []
  readonly #view: DefinitionView

  constructor(view: DefinitionView) {
    this.#view = view
  }

  application(spec: unknown, origin: Origin): void {
    if (!isRecord(spec)) return
    this.#components(spec['components'], within(origin, 'components'))
    for (const { value: policy, at } of items(spec['policies'], within(origin, 'policies'))) {
      this.#use('policy', policy, at)
      const properties = policy['properties']
      if (isRecord(properties)) this.#components(properties['components'], within(at, 'properties', 'components'))
    }
    const workflow = spec['workflow']
    if (isRecord(workflow)) this.#steps(workflow['steps'], within(origin, 'workflow', 'steps'))
  }

  #components(value: unknown, origin: Origin): void {
    for (const { value: component, at } of items(value, origin)) {
      this.#use('component', component, at)
      for (const trait of items(component['traits'], within(at, 'traits'))) this.#use('trait', trait.value, trait.at)
    }
  }

  #steps(value: unknown, origin: Origin): void {
    for (const { value: step, at } of items(value, origin)) {
      this.#use('workflow-step', step, at)
      this.#steps(step['subSteps'], within(at, 'subSteps'))
    }
  }

  /** All below the first step of each secret path: further down it may be misspelled or of another shape. */
  #use(kind: DefinitionKind, use: Readonly<Record<string, unknown>>, at: Origin): void {
    const type = use['type']
    if (kind === 'trait' && typeof type === 'string' && this.#view.find('trait', type)?.scales === true) {
      this.parameters.push(within(at, 'properties'))
    }
    const patterns = typeof type === 'string' ? this.#view.find(kind, type)?.secretPaths : undefined
    if (patterns === undefined) return
    const mayHold = (key: string): boolean => patterns.some(([first = '']) => first === '*' || resembles(key, first))
    for (const [key, properties] of Object.entries(use)) {
      if (!resembles(key, 'properties')) continue
      const origin = within(at, key)
      this.parameters.push(origin)
      if (!isRecord(properties)) this.values.push(origin)
      else for (const name of Object.keys(properties)) if (mayHold(name)) this.values.push(within(origin, name))
    }
  }
}

function items(value: unknown, origin: Origin): { readonly value: Readonly<Record<string, unknown>>; readonly at: Origin }[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown, index) => (isRecord(item) ? [{ value: item, at: within(origin, index) }] : []))
}

/** A misspelled key may still hold the secret: hiding too much does no harm. */
function resembles(key: string, wanted: string): boolean {
  return key === wanted || key.toLowerCase().includes(wanted.toLowerCase()) || nearestName(key, [wanted]) === wanted
}
