import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { Service, ServicePort } from '../model/component.ts'
import type { EdgeListener, EdgeRoute } from '../model/edge.ts'
import type { Port } from '../model/pod.ts'
import { BackendSet, portsOf } from './backends.ts'
import { orderCertificates } from './certificates.ts'
import { compileRoutes, defaultRoutes, sortRoutes } from './routes.ts'
import { nameServices } from './service-names.ts'
import {
  type CompiledTable,
  DEFAULT_TLS_PORT,
  publishListener,
  serviceKey,
  serviceListener,
  type TableInput,
  TLS_LISTENER,
  WEB_LISTENER,
} from './table-input.ts'

const LOOPBACK = '127.0.0.1'

/** Turns an environment into the table of its edge. Whatever cannot be carried is in `problems`, never left out in silence. */
export function compileTable(input: TableInput): CompiledTable {
  const problems: Diagnostic[] = []
  const backends = new BackendSet(input.components)
  const { addresses, names, problems: unnamed } = nameServices(input)
  problems.push(...unnamed)
  const routes = [
    ...compileRoutes(input.routes, { services: input.services, backends, problems, httpsPort: tlsPort(input) }),
    ...defaultRoutes(input.components, backends),
  ]
  const listeners: EdgeListener[] = [
    {
      id: WEB_LISTENER,
      host: LOOPBACK,
      port: input.ports[WEB_LISTENER] ?? input.webPort,
      taken: 'next',
      serve: { by: 'routes' },
    },
    ...tlsListeners(input, routes),
    ...serviceListeners({ ...input, addresses }, backends, problems),
    ...publishListeners(input, backends, problems),
  ]
  return {
    table: {
      version: input.version,
      environment: input.environment,
      listeners,
      routes: sortRoutes(routes),
      backends: backends.list(),
      probes: input.probes,
      names,
      ...(input.faults === undefined || input.faults.length === 0 ? {} : { faults: input.faults }),
    },
    addresses,
    problems,
  }
}

function tlsListeners(input: TableInput, routes: readonly EdgeRoute[]): readonly EdgeListener[] {
  if (input.tls !== 'always' && input.routes.every((route) => route.tls === undefined)) return []
  const certificates = orderCertificates(input.routes, routes, input.components)
  return [{ id: TLS_LISTENER, host: LOOPBACK, port: tlsPort(input), taken: 'next', serve: { by: 'routes' }, tls: { certificates } }]
}

function tlsPort(input: TableInput): number {
  return input.ports[TLS_LISTENER] ?? DEFAULT_TLS_PORT
}

function serviceListeners(input: TableInput, backends: BackendSet, problems: Diagnostic[]): readonly EdgeListener[] {
  const listeners = new Map<string, EdgeListener>()
  for (const service of input.services) {
    const component = backends.component(service.component)
    if (component === undefined) {
      problems.push({
        code: 'MP6001',
        severity: 'warning',
        message: `service ${service.name} leads to ${service.component}, which is not here`,
        origin: service.origin,
      })
      continue
    }
    for (const port of service.ports) {
      const id = serviceListener(service.name, service.namespace, port.port, port.protocol)
      if (listeners.has(id)) {
        const message = `two services are called ${service.name} in namespace ${service.namespace} and have port ${port.port}; the first one is served`
        problems.push({ code: 'MP6002', severity: 'warning', message, origin: service.origin })
        continue
      }
      const place = placeOf(service, port, input)
      if (place === undefined) continue
      const backend = backends.use(component, port.target)
      listeners.set(id, { id, ...place, ...transportOf(port.protocol), serve: { by: 'backend', backend } })
    }
  }
  return [...listeners.values()]
}

/** A port of the service's own address, or any port of the loopback address where services have none. A headless service is its replicas. */
function placeOf(service: Service, port: ServicePort, input: TableInput): Omit<EdgeListener, 'id' | 'serve'> | undefined {
  if (input.serviceRange === undefined) {
    const id = serviceListener(service.name, service.namespace, port.port, port.protocol)
    return { host: LOOPBACK, port: input.ports[id] ?? 0, taken: 'any' }
  }
  const host = service.headless ? undefined : input.addresses[serviceKey(service)]
  return host === undefined ? undefined : { host, port: port.port, taken: 'fail' }
}

function publishListeners(input: TableInput, backends: BackendSet, problems: Diagnostic[]): readonly EdgeListener[] {
  const listeners = new Map<string, EdgeListener>()
  for (const published of input.published) {
    const { origin } = published
    const component = backends.component(published.component)
    const id = publishListener(published.host, published.protocol)
    if (component === undefined) {
      const message = `port ${published.host} is published for ${published.component}, which is not here`
      problems.push({ code: 'MP6001', severity: 'warning', message, origin })
    } else if (listeners.has(id)) {
      const message = `port ${published.host} is published twice; the first one is served`
      problems.push({ code: 'MP6002', severity: 'warning', message, origin, hint: 'publish the other one at a different port' })
    } else {
      const declared = component.ports.some((port) => port.number === published.target)
      if (!declared) {
        const message = `port ${published.host} is published to port ${published.target} of ${component.key}, which does not declare it (declared: ${portsOf(component)})`
        problems.push({ code: 'MP6004', severity: 'warning', message, origin })
      }
      const backend = backends.use(component, published.target)
      const place = { host: LOOPBACK, port: published.host, taken: 'fail', ...transportOf(published.protocol) } as const
      listeners.set(id, { id, ...place, serve: { by: 'backend', backend } })
    }
  }
  return [...listeners.values()]
}

function transportOf(protocol: Port['protocol']): Pick<EdgeListener, 'transport'> {
  return protocol === 'udp' ? { transport: 'udp' } : {}
}
