import type { Component, Service } from '../model/component.ts'
import { DEFAULT_NAMESPACE } from '../model/names.ts'
import type { Route } from '../model/route.ts'
import { serviceDomain } from '../routing/names.ts'
import { publishListener, serviceKey, TLS_LISTENER, WEB_LISTENER } from '../routing/table-input.ts'
import type { EndpointView, ServiceAddressView } from '../wire/views.ts'
import type { ControlState } from './state.ts'

/** `http://localhost:8080`, once the edge listens. */
export function webUrl(state: ControlState): string | undefined {
  const port = state.edge.bound[WEB_LISTENER]
  return port === undefined || !state.edge.attached ? undefined : `http://localhost:${port}`
}

/** How a component is reached, outside addresses first. */
export function endpointsOf(component: Component, state: ControlState): readonly EndpointView[] {
  const web = state.edge.bound[WEB_LISTENER]
  const secure = state.edge.bound[TLS_LISTENER]
  const endpoints: EndpointView[] = []
  if (web !== undefined) {
    for (const route of component.routes) {
      const url = route.tls === undefined || secure === undefined ? routeUrl(route, 'http', web) : routeUrl(route, 'https', secure)
      endpoints.push({ ref: `Ingress/${component.namespace}/${component.name}`, url, inner: false })
    }
    const port = component.pod.containers[0]?.ports.find((candidate) => candidate.protocol !== 'udp')
    if (port !== undefined) {
      const ref = `Component/${component.namespace}/${component.name}`
      endpoints.push({ ref, url: `http://${defaultHost(component)}:${web}`, inner: false })
      if (secure !== undefined) endpoints.push({ ref, url: `https://${defaultHost(component)}:${secure}`, inner: false })
    }
  }
  for (const published of component.published) {
    const bound = state.edge.bound[publishListener(published.host, published.protocol)]
    if (bound !== undefined)
      endpoints.push({
        ref: `Port/${component.namespace}/${component.name}`,
        url: `${published.protocol === 'udp' ? 'udp://' : ''}127.0.0.1:${bound}`,
        inner: false,
      })
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

function routeUrl(route: Route, scheme: 'http' | 'https', port: number): string {
  const host = route.host === undefined ? 'localhost' : route.host.replace('*', 'any')
  return `${scheme}://${host}:${port}${route.path === '/' ? '' : route.path}`
}

/** Services of the component that have an address of their own inside the environment. */
export function serviceAddresses(component: Component, state: ControlState): readonly ServiceAddressView[] {
  return state.desired.services.flatMap((service): readonly ServiceAddressView[] => {
    const address = serviceAddress(service, state)
    if (service.component !== component.key || address === undefined) return []
    const name = serviceDomain(service.name, service.namespace)
    return [{ service: serviceKey(service), name, address, ports: service.ports.map(({ port }) => port) }]
  })
}

/** Where the service is reached inside the environment; undefined where services share the loopback address, or are their replicas. */
export function serviceAddress(service: Service, state: ControlState): string | undefined {
  return state.observed?.serviceRange === undefined || service.headless ? undefined : state.addresses[serviceKey(service)]
}
