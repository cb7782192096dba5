import type { Component, PublishedPort, Service, ServicePort } from '../model/component.ts'
import type { Desired, DesiredExecution, DesiredImage, DesiredRevision, ImageRenewal, PullChoice, Revision } from '../model/desired.ts'
import { fullImageName } from '../model/image-name.ts'
import { type ComponentKey, claimKey, revisionId } from '../model/names.ts'
import type { Route } from '../model/route.ts'
import { revisionHash } from './revision-hash.ts'

export interface DesiredInput {
  readonly environment: string
  readonly components: readonly DesiredComponent[]
  /** Of Service documents; they add to the services that components bring. */
  readonly services: readonly Service[]
  /** By full names: images that are made anew. */
  readonly renewals?: ReadonlyMap<string, ImageRenewal>
}

/** A resolved component with what was decided about it. */
export interface DesiredComponent {
  readonly component: Component
  readonly app: string
  readonly replicas: number
  readonly standby?: number
  readonly restartToken: number
  /** Of a component that is run again and again; `current` is the revision of now. */
  readonly executions?: (current: Revision) => readonly DesiredExecution[]
  readonly pull?: PullChoice
  /** Ids of its images by their full names. */
  readonly images?: Readonly<Record<string, string>>
}

/**
 * What an environment should be, from its resolved components. Components that are not simulated leave no trace: nothing runs,
 * and what needs them needs nothing.
 */
export function buildDesired(input: DesiredInput): Desired {
  const notSimulated = new Set<ComponentKey>()
  const running: DesiredComponent[] = []
  for (const entry of input.components) {
    if (entry.component.run.type === 'not-simulated') notSimulated.add(entry.component.key)
    else running.push(entry)
  }
  running.sort((left, right) => compareText(left.component.key, right.component.key))
  const components = running.map((entry) => entry.component)
  const services = mergeServices([...components.flatMap((component) => component.services), ...input.services])
  const routes = components.flatMap((component) => component.routes)
  const published = components.flatMap((component) => component.published.map((port) => ({ ...port, component: component.key })))
  const serving = servedComponents({ services, routes, published })
  return {
    environment: input.environment,
    revisions: running.map((entry) => desiredRevision(entry, { serving, notSimulated })),
    services,
    routes,
    published,
    networks: running.length > 0 ? [input.environment] : [],
    volumes: [...new Set(components.flatMap(volumesOf))].sort(),
    images: imagesOf(components).map((image) => {
      const renewal = input.renewals?.get(image.name)
      return renewal === undefined ? image : { ...image, renewal }
    }),
    pushes: [],
  }
}

/** The revision of a resolved component. */
export function revisionOf(component: Component, app: string): Revision {
  const hash = revisionHash(component)
  return { id: revisionId(component.key, hash), component: component.key, app, hash, spec: component }
}

/** Names, unique in the environment, of the volumes that a component's claims stand for. */
export function volumesOf(component: Component): readonly string[] {
  const names: string[] = []
  for (const volume of component.pod.volumes) {
    if (volume.source.type === 'named') names.push(claimKey(component.namespace, volume.source.claim))
  }
  return names
}

function desiredRevision(
  entry: DesiredComponent,
  known: { readonly serving: ReadonlySet<ComponentKey>; readonly notSimulated: ReadonlySet<ComponentKey> },
): DesiredRevision {
  const { component, app, replicas, standby = 0, restartToken, pull, images, executions } = entry
  const revision: Revision = { ...revisionOf(component, app), ...(images === undefined ? {} : { images }) }
  const needs = component.needs.filter((need) => !known.notSimulated.has(need.on))
  const spec = needs.length === component.needs.length ? component : { ...component, needs }
  return {
    revision: { ...revision, spec },
    replicas,
    ...(standby === 0 ? {} : { standby }),
    serving: known.serving.has(component.key),
    restartToken,
    ...(executions === undefined ? {} : { executions: executions({ ...revision, spec }) }),
    ...(pull === undefined ? {} : { pull }),
  }
}

/** One service per namespace and name with the union of ports; on a clash the first declaration wins (linking reports it). */
function mergeServices(declared: readonly Service[]): readonly Service[] {
  const merged = new Map<string, Service>()
  for (const service of declared) {
    const key = `${service.namespace}/${service.name}`
    const first = merged.get(key)
    merged.set(key, first === undefined ? service : unite(first, service))
  }
  return [...merged.entries()].sort(([left], [right]) => compareText(left, right)).map(([, service]) => service)
}

function unite(first: Service, second: Service): Service {
  const ports: ServicePort[] = [...first.ports]
  for (const port of second.ports) {
    if (!ports.some((known) => known.port === port.port && known.protocol === port.protocol)) ports.push(port)
  }
  return { ...first, ports, headless: first.headless && second.headless }
}

/** Components that some route, service or published port leads to. */
function servedComponents(ways: {
  readonly services: readonly Service[]
  readonly routes: readonly Route[]
  readonly published: readonly (PublishedPort & { readonly component: ComponentKey })[]
}): ReadonlySet<ComponentKey> {
  const served = new Set<ComponentKey>()
  for (const service of ways.services) served.add(service.component)
  for (const port of ways.published) served.add(port.component)
  for (const route of ways.routes) for (const target of route.to) if (target.by === 'component') served.add(target.component)
  return served
}

/** The images of components; where one of them says how an image is built, it is built for all. */
export function imagesOf(components: readonly Component[]): readonly DesiredImage[] {
  const images = new Map<string, DesiredImage>()
  for (const component of components) {
    for (const { image, pull } of [...component.pod.initContainers, ...component.pod.containers]) {
      const name = fullImageName(image.ref)
      const known = images.get(name)
      images.set(name, {
        name,
        image: known === undefined || (known.image.from === 'registry' && image.from === 'build') ? image : known.image,
        components: [...new Set([...(known?.components ?? []), component.key])],
        pull: known === undefined || EAGERNESS.indexOf(pull) > EAGERNESS.indexOf(known.pull) ? pull : known.pull,
      })
    }
  }
  return [...images.values()].sort((left, right) => compareText(left.name, right.name))
}

const EAGERNESS: readonly DesiredImage['pull'][] = ['never', 'if-absent', 'always']

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
