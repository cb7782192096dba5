import type { Diagnostic, Origin } from '../kernel/diagnostic.ts'
import { didYouMean } from '../kernel/nearest.ts'
import type { AppModel } from '../model/app-model.ts'
import type { Component } from '../model/component.ts'
import type { WorkflowStep } from '../model/workflow.ts'
import { ENV_FILE_SECRET } from './overlay/lower-overlay.ts'
import type { Narrow } from './source/narrow.ts'

/** One mention of a secret or config map. */
interface Reference {
  readonly what: 'secret' | 'config map'
  readonly name: string
  /** Absent when a volume takes all keys. */
  readonly key?: string
  readonly optional: boolean
  readonly origin: Origin
}

interface Store {
  readonly what: Reference['what']
  readonly namespace: string
  readonly name: string
  readonly keys: ReadonlySet<string>
  readonly origin: Origin
}

interface Facts {
  readonly models: readonly AppModel[]
  readonly components: readonly Component[]
  readonly narrow: Narrow
}

/** Each secret and config map that a component reads exists, with the key: in a document or created by a trait. */
export function linkReferences({ models, components, narrow }: Facts): Diagnostic[] {
  const stores = [...models.flatMap(documentStores), ...components.flatMap(createdStores)]
  const unseen = namesOutsideTheModel(models, components)
  return components.flatMap((component) => {
    const here = stores.filter((store) => store.namespace === component.namespace)
    return referencesOf(component).flatMap((reference) =>
      check(reference, { namespace: component.namespace, stores: here, unseen, narrow }),
    )
  })
}

function documentStores(model: AppModel): Store[] {
  return [
    ...model.secrets.map(({ keys, ...rest }): Store => ({ what: 'secret', ...rest, keys: new Set(keys) })),
    ...model.configs.map(
      ({ name, namespace, data, origin }): Store => ({ what: 'config map', namespace, name, keys: new Set(Object.keys(data)), origin }),
    ),
  ]
}

function createdStores({ namespace, creates }: Component): Store[] {
  return creates.flatMap((object): Store[] => {
    if (object.kind === 'Secret')
      return [{ what: 'secret', namespace, name: object.name, keys: new Set(object.keys), origin: object.origin }]
    if (object.kind === 'ConfigMap')
      return [{ what: 'config map', namespace, name: object.name, keys: new Set(Object.keys(object.data)), origin: object.origin }]
    return []
  })
}

function referencesOf({ pod }: Component): Reference[] {
  const inEnv = [...pod.containers, ...pod.initContainers].flatMap((container) =>
    container.env.flatMap(({ value, origin }): Reference[] => {
      if (typeof value === 'string' || 'field' in value) return []
      const optional = value.optional === true
      if ('secret' in value)
        return value.secret === ENV_FILE_SECRET ? [] : [{ what: 'secret', name: value.secret, key: value.key, optional, origin }]
      return [{ what: 'config map', name: value.config, key: value.key, optional, origin }]
    }),
  )
  const inVolumes = pod.volumes.flatMap(({ source, origin }): Reference[] => {
    if (source.type !== 'secret' && source.type !== 'config') return []
    const common = { what: source.type === 'secret' ? 'secret' : 'config map', name: source.name, optional: false, origin } as const
    const items = source.items ?? []
    return items.length === 0 ? [common] : items.map(({ key }) => ({ ...common, key }))
  })
  return [...inEnv, ...inVolumes]
}

interface Surroundings {
  readonly namespace: string
  readonly stores: readonly Store[]
  readonly unseen: (name: string) => boolean
  readonly narrow: Narrow
}

const NAME_KEYS = ['name', 'secretName', 'cmName', 'secret']
const KEY_KEYS = ['key', 'secretKey', 'configMapKey']

function check(reference: Reference, { namespace, stores, unseen, narrow }: Surroundings): Diagnostic[] {
  if (reference.optional) return []
  const { what, name, key } = reference
  const origin = narrow(reference.origin, name, NAME_KEYS)
  const ofKind = stores.filter((store) => store.what === what)
  const named = ofKind.filter((store) => store.name === name)
  const code = what === 'secret' ? ('MP3120' as const) : ('MP3122' as const)
  if (named.length === 0) {
    const message = `there is no ${what} "${name}" in namespace "${namespace}"`
    // Something that is not simulated may make it in a cluster; here a replica that needs it will be held.
    if (unseen(name)) return [{ code, severity: 'warning', message: `${message}: what would create it is not simulated`, origin }]
    const hint =
      didYouMean(
        name,
        ofKind.map((store) => store.name),
      ) ?? `add a ${what === 'secret' ? 'Secret' : 'ConfigMap'} document "${name}" to the model`
    return [{ code, severity: 'error', message, origin, hint }]
  }
  if (key === undefined || named.some((store) => store.keys.has(key))) return []
  const keys = named.flatMap((store) => [...store.keys])
  const hint = didYouMean(key, keys) ?? (keys.length === 0 ? `the ${what} has no keys` : `its keys: ${keys.join(', ')}`)
  return [
    {
      code: what === 'secret' ? 'MP3121' : 'MP3123',
      severity: 'error',
      message: `${what} "${name}" has no key "${key}"`,
      related: named.map((store) => ({ message: `the ${what} is written`, origin: store.origin })),
      origin: narrow(reference.origin, key, KEY_KEYS),
      hint,
    },
  ]
}

/** Whether something that is accepted without effect mentions a name, so that it might create that object in a cluster. */
function namesOutsideTheModel(models: readonly AppModel[], components: readonly Component[]): (name: string) => boolean {
  const idle = new Set(components.filter(({ run }) => run.type === 'not-simulated').map(({ key }) => key))
  const texts = models.flatMap((model) =>
    model.components
      .flatMap((source) => [
        ...(idle.has(source.key) ? [source.type.params] : []),
        ...source.traits.filter((trait) => isIdleTrait(components, trait.origin)).map((trait) => trait.params),
      ])
      .map((params) => JSON.stringify(params) ?? ''),
  )
  const exporting = models.some((model) => hasIdleStep(model.workflow.steps))
  return (name) => exporting || texts.some((text) => text.includes(JSON.stringify(name)))
}

function isIdleTrait(components: readonly Component[], origin: Origin): boolean {
  const key = JSON.stringify(origin)
  return components.some(({ traits }) => traits.some((trait) => !trait.simulated && JSON.stringify(trait.origin) === key))
}

/** Steps such as export2secret make objects; their parameters are not kept. */
function hasIdleStep(steps: readonly WorkflowStep[]): boolean {
  return steps.some(({ type, work }) =>
    work.do === 'group' ? hasIdleStep(work.steps) : work.do === 'not-simulated' && /^(?:export2|apply-|create-config)/.test(type),
  )
}
