import type { Component } from '../model/component.ts'
import { DEFAULT_NAMESPACE } from '../model/names.ts'
import type { Route } from '../model/route.ts'
import { publishListener, serviceListener, WEB_LISTENER } from '../routing/table-input.ts'
import type { EndpointView } from '../wire/views.ts'
import type { ControlState } from './state.ts'

/** `http://localhost:8080`, once the edge listens. */
export function webUrl(state: ControlState): string | undefined {
  const port = state.edge.bound[WEB_LISTENER]
  return port === undefined || !state.edge.attached ? undefined : `http://localhost:${port}`
}

/** How a component is reached, outside addresses first. */
export function endpointsOf(component: Component, state: ControlState): readonly EndpointView[] {
  const web = state.edge.bound[WEB_LISTENER]
  const endpoints: EndpointView[] = []
  if (web !== undefined) {
    for (const route of component.routes)
      endpoints.push({ ref: `Ingress/${component.namespace}/${component.name}`, url: routeUrl(route, web), inner: false })
    const port = component.pod.containers[0]?.ports.find((candidate) => candidate.protocol !== 'udp')
    if (port !== undefined)
      endpoints.push({
        ref: `Component/${component.namespace}/${component.name}`,
        url: `http://${defaultHost(component)}:${web}`,
        inner: false,
      })
  }
  for (const published of component.published) {
    const bound = state.edge.bound[publishListener(published.host)]
    if (bound !== undefined)
      endpoints.push({ ref: `Port/${component.namespace}/${component.name}`, url: `127.0.0.1:${bound}`, inner: false })
  }
  for (const service of state.desired.services) {
    if (service.component !== component.key) continue
    for (const { port } of service.ports) {
      const ref = `Service/${service.namespace}/${service.name}`
      endpoints.push({ ref, url: `${service.name}.${service.namespace}:${port}`, inner: true })
    }
  }
  return endpoints
}

/** Ours: every component with a port answers at this host name of the outside listener. */
function defaultHost(component: Component): string {
  const name = component.namespace === DEFAULT_NAMESPACE ? component.name : `${component.name}.${component.namespace}`
  return `${name}.${component.app}.localhost`
}

function routeUrl(route: Route, port: number): string {
  const host = route.host === undefined ? 'localhost' : route.host.replace('*', 'any')
  return `http://${host}:${port}${route.path === '/' ? '' : route.path}`
}

/** The local port that leads to a port of the component, when there is a listener for it alone. */
export function localPort(component: Component, port: number | undefined, state: ControlState): number | undefined {
  for (const published of component.published) {
    if (port === undefined || published.target === port) return state.edge.bound[publishListener(published.host)]
  }
  for (const service of state.desired.services) {
    if (service.component !== component.key) continue
    const match = service.ports.find((candidate) => port === undefined || candidate.port === port || candidate.target === port)
    if (match !== undefined) return state.edge.bound[serviceListener(service.name, service.namespace, match.port)]
  }
  return undefined
}
