import { appliedSources } from '../dialects/step-components.ts'
import type { Diagnostic, Origin } from '../kernel/diagnostic.ts'
import { didYouMean } from '../kernel/nearest.ts'
import type { Component, Service } from '../model/component.ts'
import { type ComponentKey, componentKey } from '../model/names.ts'
import { NameBook, serviceDomain, splitServiceDomain } from '../routing/names.ts'
import { appliedComponents } from './find-component.ts'
import type { ControlState, UnknownName } from './state.ts'

/** So many are kept: enough to tell what is wrong, and a program that makes names up cannot fill the state. */
const MAX_KEPT = 100

/** Why a lookup found nothing, or undefined where nothing is wrong, or it was told before. */
export function judgeUnknownName(lookup: { readonly name: string; readonly client: string }, state: ControlState): UnknownName | undefined {
  const parts = splitServiceDomain(lookup.name)
  if (parts === undefined || state.unknownNames.length >= MAX_KEPT) return undefined
  const name = serviceDomain(parts.service, parts.namespace)
  // The name may have come to exist while the message was on its way, or while the table waits for what a daemon took over.
  if (new NameBook(state.table?.names ?? []).find(name).kind !== 'unknown') return undefined
  if (state.desired.services.some((service) => serviceDomain(service.name, service.namespace) === name)) return undefined
  const places = placesOf(state)
  // `example.com` is tried with the search path as well and looks like a service of a namespace `com`.
  if (!places.some(({ namespace }) => namespace === parts.namespace)) return undefined
  const asker = componentAt(lookup.client, state)
  const client = asker?.key ?? lookup.client
  if (state.unknownNames.some((known) => known.name === name && known.client === client)) return undefined
  const wanted = componentKey(parts.namespace, parts.service)
  const app = asker?.app ?? (places.find(({ key }) => key === wanted) ?? places.find(({ namespace }) => namespace === parts.namespace))?.app
  const { why, hint, origin } = reasonFor(parts, state, places)
  const diagnostic: Diagnostic = {
    code: 'MP6008',
    severity: 'warning',
    message: `${asker === undefined ? `a program at ${lookup.client}` : asker.key} looks up ${name}, which does not exist: ${why}`,
    ...(origin === undefined ? {} : { origin }),
    hint,
  }
  return { name, client, app: app ?? '', diagnostic }
}

/** Without those that exist now, and those whose asker is gone: if it happens again, it is told again. */
export function keepUnknownNames(state: ControlState): ControlState {
  if (state.unknownNames.length === 0) return state
  const exists = new Set(state.table?.names.map(({ name }) => name))
  const kept = state.unknownNames.filter(({ name, app }) => !exists.has(name) && state.apps.has(app))
  return kept.length === state.unknownNames.length ? state : { ...state, unknownNames: kept }
}

/** A component that is declared, whether it is applied yet or not. */
interface Place {
  readonly key: ComponentKey
  readonly name: string
  readonly namespace: string
  readonly app: string
  readonly origin: Origin
}

function placesOf(state: ControlState): readonly Place[] {
  const places = new Map<ComponentKey, Place>()
  for (const app of state.apps.values()) {
    for (const { source } of app.applied.values()) places.set(source.key, source)
    for (const source of appliedSources(app.model.workflow.steps)) if (!places.has(source.key)) places.set(source.key, source)
  }
  return [...places.values()]
}

/** The component whose replica has the address. */
function componentAt(address: string, state: ControlState): Component | undefined {
  const asker = state.observed?.replicas.find((replica) => replica.address === address)
  return asker === undefined ? undefined : state.revisions.get(asker.revision)?.spec
}

interface Reason {
  readonly why: string
  readonly hint: string
  readonly origin?: Origin
}

interface Parts {
  readonly service: string
  readonly namespace: string
}

function reasonFor({ service, namespace }: Parts, state: ControlState, places: readonly Place[]): Reason {
  const here = places.find((place) => place.name === service && place.namespace === namespace)
  if (here !== undefined) return reasonOfComponent(here, state)
  const { services } = state.desired
  const elsewhere = [...services, ...places].find(({ name }) => name === service)
  if (elsewhere !== undefined) {
    const full = `${service}.${elsewhere.namespace}`
    return {
      why: `${service} is in namespace ${elsewhere.namespace}`,
      hint: `a short name means the namespace of who asks; write ${full}`,
      origin: elsewhere.origin,
    }
  }
  const names = services.filter((candidate) => candidate.namespace === namespace).map(({ name }) => name)
  const known = names.length === 0 ? 'none' : [...names].sort().join(', ')
  return {
    why: `namespace ${namespace} has no service ${service}`,
    hint: didYouMean(service, [...names, ...places.map(({ name }) => name)]) ?? `services of ${namespace}: ${known}`,
  }
}

function reasonOfComponent(place: Place, state: ControlState): Reason {
  const { key, origin } = place
  const component = appliedComponents(state).get(key)?.component
  if (component === undefined) {
    return { why: `component ${key} is not applied yet`, hint: `let the component that asks depend on ${key} (dependsOn)`, origin }
  }
  const others = state.desired.services.filter((service) => service.component === key)
  if (others.length > 0) {
    const names = others.map((service) => shortName(service, place.namespace))
    return { why: `component ${key} is reached as ${names.join(', ')}`, hint: `look up ${names[0] ?? ''}`, origin }
  }
  const ports = component.pod.containers.flatMap((container) => container.ports.map((port) => port.number))
  const [port] = ports
  const hint =
    port === undefined
      ? `give ${key} the trait expose with the port it listens on`
      : `expose it for the cloud as well: "expose: true" at port ${port} of ${key}, or the trait expose with port ${port}`
  return { why: `no port of component ${key} is exposed`, hint, origin }
}

function shortName(service: Service, namespace: string): string {
  return service.namespace === namespace ? service.name : `${service.name}.${service.namespace}`
}
