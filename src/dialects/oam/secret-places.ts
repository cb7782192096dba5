import type { DefinitionKind, DefinitionView } from '../../definitions/definition.ts'
import { type Origin, within } from '../../kernel/diagnostic.ts'
import { nearestName } from '../../kernel/nearest.ts'
import { rootOrigin, type SourceDoc } from '../source/source-doc.ts'
import { isRecord } from '../source/wording.ts'
import { mapSecrets, type SecretEntry } from './secret-entries.ts'

/** Where secret values stand in a document, valid or not, so that excerpts can hide them. */
export function secretPlaces(doc: SourceDoc, view: DefinitionView): Origin[] {
  if (!isRecord(doc.value)) return []
  const origin = rootOrigin(doc)
  if (doc.value['kind'] === 'Secret') return placesOfSecret(doc.value, origin)
  return new Search(view).application(doc.value['spec'], within(origin, 'spec'))
}

/** Everything of a Secret but its name and kind: annotations may repeat the values. */
function placesOfSecret(value: Readonly<Record<string, unknown>>, origin: Origin): Origin[] {
  const metadata = ['annotations', 'managedFields'].map((field) => within(origin, 'metadata', field))
  const others = Object.keys(value).filter((key) => !['apiVersion', 'kind', 'metadata', 'type', 'immutable'].includes(key))
  return [...metadata, ...others.map((key) => within(origin, key))]
}

class Search {
  readonly #view: DefinitionView

  constructor(view: DefinitionView) {
    this.#view = view
  }

  application(spec: unknown, origin: Origin): Origin[] {
    if (!isRecord(spec)) return []
    const workflow = spec['workflow']
    const policies = items(spec['policies'], within(origin, 'policies'))
    return [
      ...this.#components(spec['components'], within(origin, 'components')),
      ...policies.flatMap(({ value, at }) => [
        ...this.#use('policy', value, at),
        ...(isRecord(value['properties'])
          ? this.#components(value['properties']['components'], within(at, 'properties', 'components'))
          : []),
      ]),
      ...(isRecord(workflow) ? this.#steps(workflow['steps'], within(origin, 'workflow', 'steps')) : []),
    ]
  }

  #components(value: unknown, origin: Origin): Origin[] {
    return items(value, origin).flatMap(({ value: component, at }) => [
      ...this.#use('component', component, at),
      ...items(component['traits'], within(at, 'traits')).flatMap((trait) => this.#use('trait', trait.value, trait.at)),
    ])
  }

  #steps(value: unknown, origin: Origin): Origin[] {
    return items(value, origin).flatMap(({ value: step, at }) => [
      ...this.#use('workflow-step', step, at),
      ...this.#steps(step['subSteps'], within(at, 'subSteps')),
    ])
  }

  #use(kind: DefinitionKind, use: Readonly<Record<string, unknown>>, at: Origin): Origin[] {
    const type = use['type']
    const patterns = typeof type === 'string' ? this.#view.find(kind, type)?.secretPaths : undefined
    if (patterns === undefined) return []
    const places: Origin[] = []
    for (const [key, properties] of Object.entries(use)) {
      if (!resembles(key, 'properties')) continue
      const find = ({ value, path }: SecretEntry): unknown => {
        places.push(within(at, key, ...path))
        return value
      }
      mapSecrets(properties, patterns, find, resembles)
    }
    return places
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
