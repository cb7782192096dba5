import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { EdgeListener } from '../model/edge.ts'
import { BackendSet, portsOf } from './backends.ts'
import { compileRoutes, defaultRoutes, sortRoutes } from './routes.ts'
import { type CompiledTable, publishListener, serviceListener, type TableInput, WEB_LISTENER } from './table-input.ts'

const LOOPBACK = '127.0.0.1'

/** Turns an environment into the table of its edge. Whatever cannot be carried is in `problems`, never left out in silence. */
export function compileTable(input: TableInput): CompiledTable {
  const problems: Diagnostic[] = []
  const backends = new BackendSet(input.components)
  const routes = [
    ...compileRoutes(input.routes, { services: input.services, backends, problems }),
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
    ...serviceListeners(input, backends, problems),
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
      names: [],
    },
    problems,
  }
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
      if (port.protocol === 'udp') {
        problems.push(udpProblem(`port ${port.port} of service ${service.name}`, service.origin))
        continue
      }
      const id = serviceListener(service.name, service.namespace, port.port)
      if (listeners.has(id)) {
        const message = `two services are called ${service.name} in namespace ${service.namespace} and have port ${port.port}; the first one is served`
        problems.push({ code: 'MP6002', severity: 'warning', message, origin: service.origin })
        continue
      }
      const backend = backends.use(component, port.target)
      listeners.set(id, { id, host: LOOPBACK, port: input.ports[id] ?? 0, taken: 'any', serve: { by: 'backend', backend } })
    }
  }
  return [...listeners.values()]
}

function publishListeners(input: TableInput, backends: BackendSet, problems: Diagnostic[]): readonly EdgeListener[] {
  const listeners = new Map<string, EdgeListener>()
  for (const published of input.published) {
    const { origin } = published
    const component = backends.component(published.component)
    const id = publishListener(published.host)
    if (component === undefined) {
      const message = `port ${published.host} is published for ${published.component}, which is not here`
      problems.push({ code: 'MP6001', severity: 'warning', message, origin })
    } else if (published.protocol === 'udp') {
      problems.push(udpProblem(`published port ${published.host}`, origin))
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
      listeners.set(id, { id, host: LOOPBACK, port: published.host, taken: 'fail', serve: { by: 'backend', backend } })
    }
  }
  return [...listeners.values()]
}

function udpProblem(subject: string, origin: Diagnostic['origin']): Diagnostic {
  return {
    code: 'MP6005',
    severity: 'warning',
    message: `${subject} is UDP, which is not carried yet`,
    ...(origin === undefined ? {} : { origin }),
  }
}
