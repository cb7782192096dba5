import type { ComponentKey } from '../../model/names.ts'
import type { LoadOrder } from '../../wire/load.ts'
import type { EndpointView } from '../../wire/views.ts'
import { endpointsOf } from '../endpoints.ts'
import { findComponent } from '../find-component.ts'
import { requireLocalPort } from '../local-port.ts'
import type { LoadDestination } from '../measuring-ports.ts'
import { RefusalError } from '../ports.ts'
import type { ControlState } from '../state.ts'

const EDGE_ADDRESS = '127.0.0.1'

export interface LoadTarget {
  readonly url: string
  readonly destination: LoadDestination
  /** Where one was named. */
  readonly component?: ComponentKey
}

/**
 * Where a load goes: to the port of this machine that leads to a component alone, else to its route, or to a URL of this machine. Everything else is
 * refused: nobody's server may be loaded by mistake.
 */
export function loadTarget(order: LoadOrder, state: ControlState): LoadTarget {
  const { target } = order
  if ('url' in target) {
    const url = new URL(requireUrl(target.url))
    return targetOf(url, loopbackAddress(url), order)
  }
  const { component } = findComponent(target.component, state)
  if (component.run.type !== 'forever')
    throw new RefusalError(409, {
      code: 'MP8031',
      message: `${component.key} runs to completion: it has no address that a load could go to`,
      next: 'name a component that serves, or a URL of this machine',
    })
  // The edge's listeners are of this machine, whatever the host of a route is.
  return { ...targetOf(new URL(componentUrl(component, target.port, state)), EDGE_ADDRESS, order), component: component.key }
}

function componentUrl(component: Parameters<typeof endpointsOf>[0], port: number | undefined, state: ControlState): string {
  try {
    return `http://127.0.0.1:${requireLocalPort(component, port, state)}/`
  } catch (error) {
    if (port !== undefined || !(error instanceof RefusalError)) throw error
    const outside = endpointsOf(component, state).filter(({ inner }) => !inner)
    const endpoint = outside.find(speaks('http:')) ?? outside.find(speaks('https:'))
    if (endpoint === undefined) throw error
    return endpoint.url
  }
}

function speaks(protocol: 'http:' | 'https:'): (endpoint: EndpointView) => boolean {
  return ({ url }) => url.startsWith(`${protocol}//`)
}

function requireUrl(text: string): string {
  if (!URL.canParse(text)) throw refused(`"${text}" is not a URL`, 'write it whole, such as http://localhost:8080/orders')
  const { protocol, username, password } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:')
    throw refused(`${protocol}// is not spoken here`, 'a load is HTTP: http:// or https://')
  if (username + password !== '') throw refused('the URL has a user in it', 'give an Authorization header in its place (--header)')
  return text
}

function targetOf(url: URL, host: string, { method, path, headers }: LoadOrder): LoadTarget {
  const tls = url.protocol === 'https:'
  const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port)
  const destination = { host, port, tls, authority: url.host, method, headers, path: path ?? `${url.pathname}${url.search}` }
  return { url: `${url.origin}${destination.path}`, destination }
}

/** The address of this machine that a host name stands for; names of `localhost` are never looked up. */
function loopbackAddress({ hostname }: URL): string {
  const host = hostname.toLowerCase().replace(/\.$/, '')
  if (host === 'localhost' || host.endsWith('.localhost')) return '127.0.0.1'
  if (/^127\.\d+\.\d+\.\d+$/.test(host)) return host
  if (host === '[::1]') return '::1'
  throw refused(
    `a load goes to this machine only, and "${hostname}" is not sure to be it`,
    'name a component, or a URL with localhost, a name that ends in .localhost, 127.0.0.1 or [::1]',
  )
}

function refused(message: string, next: string): RefusalError {
  return new RefusalError(400, { code: 'MP8031', message, next })
}
