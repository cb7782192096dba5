import type { EdgeRoute } from '../model/edge.ts'
import type { FieldLookup, RoutedRequest } from './conditions.ts'
import { RouteMatcher } from './route-matcher.ts'

const DOT = 46

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

/** A request of which only host and path are known. */
const PLAIN: RoutedRequest = { method: 'GET', host: '', target: '/' }

/** The first route that fits; routes are sorted by precedence. */
export function matchRoute(
  routes: readonly EdgeRoute[],
  host: string,
  path: string,
  request: RoutedRequest = PLAIN,
  lookup: FieldLookup<RoutedRequest> = () => undefined,
): EdgeRoute | undefined {
  return routes.find((route) => matchesHost(route.host, host) && new RouteMatcher(route, route).fits(path, request, lookup))
}

/** A wildcard stands for one label or more. Source: Gateway API, Hostname. */
export function matchesHost(pattern: string | undefined, host: string): boolean {
  if (pattern === undefined || pattern === host) return true
  return pattern.startsWith('*.') && host.length >= pattern.length && host.charCodeAt(0) !== DOT && host.endsWith(pattern.slice(1))
}

/** The same answer as `matchRoute` for a sorted table, without walking the routes of other hosts; `keep` is what is found for a route. */
export class RouteIndex<T> {
  readonly #exact = new Map<string, RouteMatcher<T>[]>()
  readonly #open: RouteMatcher<T>[] = []

  constructor(routes: readonly EdgeRoute[], keep: (route: EdgeRoute) => T) {
    for (const route of routes) {
      const matcher = new RouteMatcher(route, keep(route))
      if (route.host === undefined || route.host.startsWith('*.')) {
        this.#open.push(matcher)
        continue
      }
      const list = this.#exact.get(route.host)
      if (list === undefined) this.#exact.set(route.host, [matcher])
      else list.push(matcher)
    }
  }

  find<R extends RoutedRequest>(host: string, path: string, request: R, lookup: FieldLookup<R>): T | undefined {
    const own = this.#exact.get(host)
    if (own !== undefined) for (const matcher of own) if (matcher.fits(path, request, lookup)) return matcher.kept
    for (const matcher of this.#open) if (matchesHost(matcher.host, host) && matcher.fits(path, request, lookup)) return matcher.kept
    return undefined
  }

  /** Whether any route names this host: tells "unknown host" from "unknown path". */
  knows(host: string): boolean {
    return this.#exact.has(host) || this.#open.some((matcher) => matchesHost(matcher.host, host))
  }
}
