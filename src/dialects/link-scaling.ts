import { keepsReplicas } from '../definitions/policies/keeps-replicas.ts'
import { type Diagnostic, within } from '../kernel/diagnostic.ts'
import { didYouMean } from '../kernel/nearest.ts'
import type { AppModel } from '../model/app-model.ts'
import type { Component } from '../model/component.ts'
import type { TriggerParameter } from '../model/scale-policy.ts'

interface Facts {
  readonly models: readonly AppModel[]
  readonly components: readonly Component[]
}

/** What a scaler says about the rest of the load, and what the platform of the application would do to it. */
export function linkScaling({ models, components }: Facts): Diagnostic[] {
  const scaled = components.filter(({ scale }) => scale.triggers.length > 0)
  return [
    ...scaled.flatMap((component) => (component.scale.jobs === undefined ? resets(component, models) : [])),
    ...missingParameters(scaled, models, components),
  ]
}

/**
 * KubeVela puts drifted objects back every five minutes, and on each publication: a number that a scaler set is drift. Source: KubeVela,
 * state-keep; its documentation asks for an apply-once policy beside an autoscaler.
 */
function resets({ name, app, scale, origin, kind, traits }: Component, models: readonly AppModel[]): Diagnostic[] {
  const model = models.find((candidate) => candidate.name === app)
  if (model === undefined || model.dialect !== 'oam' || keepsReplicas(model.policies, name, 'onStateKeep')) return []
  const rendered = traits.some(({ type }) => type.split('@')[0] === 'scaler')
  const what = rendered
    ? `KubeVela would set the replicas of "${name}" back to ${scale.initial}, the count of its scaler trait, every five minutes`
    : `KubeVela may set the replicas of "${name}" back when it re-applies the ${kind}`
  const hint =
    'add a policy: { name: keep-replicas, type: apply-once, properties: { enable: true, rules: ' +
    `[{ selector: { componentNames: [${name}], resourceTypes: [${kind}] }, strategy: { path: [spec.replicas] } }] } }`
  return [
    { code: 'MP3142', severity: 'warning', message: `${what}: no apply-once policy keeps them`, origin: scale.origin ?? origin, hint },
  ]
}

interface Store {
  readonly what: 'secret' | 'config map'
  readonly namespace: string
  readonly name: string
  readonly keys: readonly string[]
}

/** Parameters of authentications lead to secrets and config maps that exist; KEDA would take a missing one for empty. */
function missingParameters(scaled: readonly Component[], models: readonly AppModel[], components: readonly Component[]): Diagnostic[] {
  const stores = [...models.flatMap(storesOf), ...components.flatMap(createdStores)]
  return scaled.flatMap(({ scale }) =>
    scale.triggers.flatMap((trigger) =>
      Object.entries(trigger.auth).flatMap(([parameter, from]): Diagnostic[] => {
        const wanted = wantedOf(from)
        if (wanted === undefined) return []
        const here = stores.filter(({ what, namespace }) => what === wanted.what && namespace === wanted.namespace)
        const named = here.filter(({ name }) => name === wanted.name)
        if (named.some(({ keys }) => keys.includes(wanted.key))) return []
        const names = here.map(({ name }) => name)
        const keys = named.flatMap((store) => store.keys)
        const message =
          named.length === 0
            ? `parameter "${parameter}" reads ${wanted.what} "${wanted.name}", which does not exist in namespace "${wanted.namespace}"`
            : `parameter "${parameter}" reads key "${wanted.key}", which ${wanted.what} "${wanted.name}" does not have`
        const hint = named.length === 0 ? didYouMean(wanted.name, names) : didYouMean(wanted.key, keys)
        const code = CODES[wanted.what][named.length === 0 ? 0 : 1]
        const origin = within(trigger.origin, 'authenticationRef')
        return [{ code, severity: 'warning', message, origin, hint: hint ?? 'the trigger cannot be read until it exists' }]
      }),
    ),
  )
}

const CODES = { secret: ['MP3120', 'MP3121'], 'config map': ['MP3122', 'MP3123'] } as const

function wantedOf(from: TriggerParameter): (Omit<Store, 'keys'> & { readonly key: string }) | undefined {
  if (from.from === 'secret') return { what: 'secret', namespace: from.ref.namespace, name: from.ref.secret, key: from.ref.key }
  if (from.from === 'config') return { what: 'config map', namespace: from.namespace, name: from.name, key: from.key }
  return undefined
}

function storesOf({ secrets, configs }: AppModel): Store[] {
  return [
    ...secrets.map(({ namespace, name, keys }): Store => ({ what: 'secret', namespace, name, keys })),
    ...configs.map(({ namespace, name, data }): Store => ({ what: 'config map', namespace, name, keys: Object.keys(data) })),
  ]
}

function createdStores({ namespace, creates }: Component): Store[] {
  return creates.flatMap((object): Store[] => {
    if (object.kind === 'Secret') return [{ what: 'secret', namespace, name: object.name, keys: object.keys }]
    if (object.kind === 'ConfigMap') return [{ what: 'config map', namespace, name: object.name, keys: Object.keys(object.data) }]
    return []
  })
}
