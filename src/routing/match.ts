import type { EdgeRoute } from '../model/edge.ts'
import { trimSlash } from './routes.ts'

/** The host of a `Host` header as routes know it: lower case, without port and trailing dot. */
export function hostName(header: string): string {
  let end = header.length
  const colon = header.lastIndexOf(':')
  if (colon >= 0 && header.indexOf(']', colon) < 0) end = colon
  if (end > 0 && header.charCodeAt(end - 1) === 46) end--
  return header.slice(0, end).toLowerCase()
}

/** The path of a request target: everything before the query. */
export function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}

/** The first route that fits; routes are sorted by precedence. */
export function matchRoute(routes: readonly EdgeRoute[], host: string, path: string): EdgeRoute | undefined {
  return routes.find((route) => matchesHost(route.host, host) && matchesPath(route, path))
}

/** A wildcard stands for exactly one label. Source: Kubernetes, Ingress, hostname wildcards. */
export function matchesHost(pattern: string | undefined, host: string): boolean {
  if (pattern === undefined || pattern === host) return true
  return (
    pattern.startsWith('*.') &&
    host.length >= pattern.length &&
    host.indexOf('.') === host.length - pattern.length + 1 &&
    host.endsWith(pattern.slice(1))
  )
}

/** `prefix` compares whole path elements: `/foo` fits `/foo` and `/foo/bar`, not `/foobar`. Source: Kubernetes, Ingress, path types. */
export function matchesPath(route: Pick<EdgeRoute, 'path' | 'pathType'>, path: string): boolean {
  if (route.pathType === 'exact') return path === route.path
  const prefix = trimSlash(route.path)
  return path.startsWith(prefix) && (path.length === prefix.length || path.charCodeAt(prefix.length) === 47 || prefix === '')
}

/** The same answer as `matchRoute` for a sorted table, without walking the routes of other hosts. */
export class RouteIndex {
  readonly #exact = new Map<string, EdgeRoute[]>()
  readonly #open: EdgeRoute[] = []

  constructor(routes: readonly EdgeRoute[]) {
    for (const route of routes) {
      if (route.host === undefined || route.host.startsWith('*.')) {
        this.#open.push(route)
        continue
      }
      const list = this.#exact.get(route.host)
      if (list === undefined) this.#exact.set(route.host, [route])
      else list.push(route)
    }
  }

  find(host: string, path: string): EdgeRoute | undefined {
    const own = this.#exact.get(host)
    if (own !== undefined) for (const route of own) if (matchesPath(route, path)) return route
    for (const route of this.#open) if (matchesHost(route.host, host) && matchesPath(route, path)) return route
    return undefined
  }

  /** Whether any route names this host: tells "unknown host" from "unknown path". */
  knows(host: string): boolean {
    return this.#exact.has(host) || this.#open.some((route) => matchesHost(route.host, host))
  }
}
