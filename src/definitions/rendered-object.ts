import { unreachable } from '../kernel/fault.ts'
import { secretMark } from '../model/app-model.ts'
import type { Component, CreatedObject, Service } from '../model/component.ts'
import { renderPodTemplate } from './rendered-pod.ts'

/** What a controller would report about the component. */
export interface RenderedStatus {
  readonly replicas: number
  readonly ready: number
  readonly updated: number
  readonly available: number
  readonly succeeded: number
  readonly failed: number
  readonly active: number
}

export interface Rendered {
  readonly output: unknown
  readonly outputs: Readonly<Record<string, unknown>>
}

/** The component as the objects KubeVela would have rendered, with their live status; component outputs look into these. */
export function renderObjects(component: Component, status: RenderedStatus): Rendered {
  return { output: renderWorkload(component, status), outputs: Object.fromEntries(renderOutputs(component)) }
}

function renderWorkload(component: Component, status: RenderedStatus): unknown {
  const { name, namespace, run, labels, annotations } = component
  const metadata = { namespace, generation: 1, labels: { ...labels, ...ownLabels(component) }, annotations }
  if (run.type === 'not-simulated') return { metadata: { name, ...metadata }, status: {} }
  const template = { metadata: { labels: { ...labels, ...ownLabels(component) }, annotations }, spec: renderPodTemplate(component) }
  if (component.kind === 'Job' && run.type === 'to-completion') {
    return {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: `${component.app}-${name}`, ...metadata },
      spec: { parallelism: run.parallelism, completions: run.completions, backoffLimit: run.backoffLimit, template },
      status: { active: status.active, succeeded: status.succeeded, failed: status.failed },
    }
  }
  return {
    apiVersion: 'apps/v1',
    kind: component.kind,
    metadata: { name, ...metadata },
    spec: { replicas: component.scale.initial, selector: { matchLabels: { 'app.oam.dev/component': name } }, template },
    status: {
      observedGeneration: 1,
      replicas: status.replicas,
      readyReplicas: status.ready,
      updatedReplicas: status.updated,
      availableReplicas: status.available,
    },
  }
}

/** Labels KubeVela puts on every pod. */
function ownLabels(component: Component): Readonly<Record<string, string>> {
  return { 'app.oam.dev/name': component.app, 'app.oam.dev/component': component.name }
}

/** Names as upstream: `webserviceExpose` of the component type, `service` and `ingress` of the traits, suffixed with a gateway's name. */
function renderOutputs(component: Component): readonly (readonly [string, unknown])[] {
  const services = component.services.flatMap((service): [string, unknown][] => {
    const rendered = renderService(component, service)
    const names = [`service${suffixOf(component, service.name)}`]
    if (service.name === component.name && component.type.split('@')[0] === 'webservice') names.push('webserviceExpose')
    return names.map((name) => [name, rendered])
  })
  return [...services, ...renderIngresses(component), ...component.creates.map((object) => renderCreated(object, component.namespace))]
}

function suffixOf(component: Component, service: string): string {
  return service.startsWith(`${component.name}-`) ? service.slice(component.name.length) : ''
}

function renderService(component: Component, service: Service): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: service.name, namespace: service.namespace },
    spec: {
      selector: { 'app.oam.dev/component': component.name },
      ports: service.ports.map(({ name, port, target, protocol }) => ({
        name,
        port,
        targetPort: target,
        protocol: protocol.toUpperCase(),
      })),
    },
  }
}

function renderIngresses(component: Component): readonly [string, unknown][] {
  const byService = new Map<string, Component['routes'][number][]>()
  for (const route of component.routes) {
    const [to] = route.to
    if (to?.by !== 'service') continue
    const suffix = suffixOf(component, to.service)
    byService.set(suffix, [...(byService.get(suffix) ?? []), route])
  }
  return [...byService].map(([suffix, routes]) => {
    const hosts = [...new Set(routes.map((route) => route.host))]
    const rules = hosts.map((host) => ({
      ...(host === undefined ? {} : { host }),
      http: { paths: routes.filter((route) => route.host === host).map(renderPath) },
    }))
    const metadata = { name: `${component.name}${suffix}`, namespace: component.namespace }
    return [`ingress${suffix}`, { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec: { rules } }]
  })
}

const PATH_TYPES = { exact: 'Exact', prefix: 'Prefix', 'text-prefix': 'ImplementationSpecific', regex: 'ImplementationSpecific' } as const

function renderPath(route: Component['routes'][number]): unknown {
  const [to] = route.to
  const backend = to?.by === 'service' ? { service: { name: to.service, port: { number: to.port } } } : {}
  return { path: route.path, pathType: PATH_TYPES[route.pathType], backend }
}

function renderCreated(object: CreatedObject, namespace: string): readonly [string, unknown] {
  const metadata = { name: object.name, namespace }
  switch (object.kind) {
    case 'ConfigMap':
      return [`configmap-${object.name}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: object.data }]
    case 'Secret': {
      const data = Object.fromEntries(object.keys.map((key) => [key, secretMark({ secret: object.name, key })]))
      return [`secret-${object.name}`, { apiVersion: 'v1', kind: 'Secret', metadata, data }]
    }
    case 'PersistentVolumeClaim':
      return [`pvc-${object.name}`, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: {} }]
    default:
      return unreachable(object)
  }
}
