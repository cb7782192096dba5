import type { Component, Service, ServicePort } from '../model/component.ts'
import { publishListener, serviceListener } from '../routing/table-input.ts'
import { serviceAddress, webUrl } from './endpoints.ts'
import { RefusalError } from './ports.ts'
import type { ControlState } from './state.ts'

interface Exposed {
  readonly service: Service
  readonly port: ServicePort
  /** Inside the environment; absent where services share the loopback address of this machine. */
  readonly address: string | undefined
}

/** The port of this machine that leads to a port of the component alone. Throws a refusal that says how it is reached instead. */
export function requireLocalPort(component: Component, wanted: number | undefined, state: ControlState): number {
  const exposed = exposedPort(component, wanted, state)
  const local = publishedPort(component, wanted, state) ?? (exposed === undefined ? undefined : loopbackPort(exposed, state))
  if (local !== undefined) return local
  if (exposed?.address !== undefined) throw insideOnly(component, exposed.port, exposed.address)
  const url = webUrl(state)
  const next =
    url === undefined
      ? 'expose it in the model, or publish it in minipaas.yaml'
      : `it may answer by host name at ${url}; expose or publish the port to have one of its own`
  const what = wanted === undefined ? 'no port' : `no port ${wanted}`
  throw new RefusalError(404, { code: 'MP8014', message: `${component.key} has ${what} of its own on this machine`, next })
}

function publishedPort(component: Component, wanted: number | undefined, state: ControlState): number | undefined {
  const fitting = component.published.filter(({ target }) => wanted === undefined || target === wanted)
  // Of a number that is used for both, connections are what is asked for.
  const published = fitting.find(({ protocol }) => protocol === 'tcp') ?? fitting[0]
  return published === undefined ? undefined : state.edge.bound[publishListener(published.host, published.protocol)]
}

function exposedPort(component: Component, wanted: number | undefined, state: ControlState): Exposed | undefined {
  for (const service of state.desired.services) {
    if (service.component !== component.key) continue
    const port = service.ports.find((candidate) => wanted === undefined || candidate.port === wanted || candidate.target === wanted)
    if (port !== undefined) return { service, port, address: serviceAddress(service, state) }
  }
  return undefined
}

function loopbackPort({ service, port, address }: Exposed, state: ControlState): number | undefined {
  return address === undefined ? state.edge.bound[serviceListener(service.name, service.namespace, port.port, port.protocol)] : undefined
}

/** The environment's network is one that this machine may not reach at all. */
function insideOnly({ key, name }: Component, { port, target, protocol }: ServicePort, address: string): RefusalError {
  const udp = protocol === 'udp'
  const publish = `publish it in minipaas.yaml (components.${name}.ports: ["${port}:${target}${udp ? '/udp' : ''}"])`
  return new RefusalError(404, {
    code: 'MP8014',
    message: `port ${port} of ${key} is reached inside the environment only, at ${address}:${port}`,
    // Forwarding carries connections only.
    next: udp ? publish : `${publish}, or run: minipaas port-forward ${key} ${target}`,
  })
}
