import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { Route } from '../model/route.ts'
import type { PathReplace, RouteBehaviour, RouteConditions, StickyCookie } from '../model/route-behaviour.ts'
import { checkHeaders, isToken, isUnseen } from './check-headers.ts'
import { compilePattern } from './value-match.ts'

export interface CheckedBehaviour {
  /** Undefined where the route would match other requests than it says. */
  readonly behaviour: RouteBehaviour | undefined
  readonly problems: readonly Diagnostic[]
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const PLAIN_PATH = /^[\x21\x22\x24-\x3e\x40-\x7e]*$/
const HOST = /^(?:[A-Za-z0-9\-._~]+|\[[0-9A-Fa-f:.]+\])$/
const HOST_AND_PORT = /^(?:[A-Za-z0-9\-._~]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/
const REGEX_HINT = 'regular expressions are those of JavaScript and must fit the whole value; "(?i)" in front ignores case'

/**
 * What the edge can do of a route's behaviour. A condition that cannot be checked takes the route with it, a change that cannot be
 * made is left out; both are said with the place of the route.
 */
export function checkBehaviour(route: Route): CheckedBehaviour {
  const conditions = new Findings(route, 'MP6030', 'the route is not served')
  if (route.pathType === 'regex') checkPattern(conditions, 'the path', route.path)
  if (route.when !== undefined) checkConditions(conditions, route.when)
  if (conditions.problems.length > 0) return { behaviour: undefined, problems: conditions.problems }
  const changes = new Findings(route, 'MP6031', 'it is not done')
  const behaviour: RouteBehaviour = {
    ...defined('when', hasConditions(route.when) ? route.when : undefined),
    ...defined('ignoreCase', route.ignoreCase),
    ...defined('redirect', checkRedirect(changes, route)),
    ...defined('rewrite', checkRewrite(changes, route)),
    ...defined('requestHeaders', checkHeaders(changes, route.requestHeaders, 'request')),
    ...defined('responseHeaders', checkHeaders(changes, route.responseHeaders, 'response')),
    ...defined('requestMs', checkTime(changes, 'the time for a request', route.requestMs)),
    ...defined('idleMs', checkTime(changes, 'the idle time', route.idleMs)),
    ...defined('sticky', checkSticky(changes, route.sticky)),
  }
  return { behaviour, problems: changes.problems }
}

/** What was found at one route. */
class Findings {
  readonly problems: Diagnostic[] = []
  readonly #route: Route
  readonly #code: 'MP6030' | 'MP6031'
  readonly #consequence: string

  constructor(route: Route, code: 'MP6030' | 'MP6031', consequence: string) {
    this.#route = route
    this.#code = code
    this.#consequence = consequence
  }

  readonly add = (what: string, hint?: string): void => {
    const { host, path, origin } = this.#route
    const message = `route ${host ?? '*'}${path}: ${what}; ${this.#consequence}`
    this.problems.push({ code: this.#code, severity: 'warning', message, origin, ...(hint === undefined ? {} : { hint }) })
  }
}

function checkConditions(findings: Findings, { method, headers = [], query = [] }: RouteConditions): void {
  const { add } = findings
  if (method !== undefined && !isToken(method)) add(`"${method}" is not a method`)
  for (const { name } of headers) if (!isToken(name)) add(`"${name}" is not the name of a header field`)
  for (const { name } of headers) if (isUnseen(name)) add(`the field "${name}" concerns one connection only and is not seen by routes`)
  for (const { name } of query) if (name === '') add('a query parameter has no name')
  for (const match of [...headers, ...query]) if (match.by === 'regex') checkPattern(findings, `the value of "${match.name}"`, match.value)
}

function checkPattern({ add }: Findings, what: string, source: string): void {
  const pattern = compilePattern(source)
  if (!(pattern instanceof RegExp)) add(`${what} is not a regular expression: ${pattern.problem}`, REGEX_HINT)
}

function hasConditions(when: RouteConditions | undefined): boolean {
  return when !== undefined && (when.method !== undefined || (when.headers?.length ?? 0) + (when.query?.length ?? 0) > 0)
}

function checkRedirect({ add }: Findings, route: Route): RouteBehaviour['redirect'] {
  const { redirect } = route
  if (redirect === undefined) return undefined
  const { host, path, port, scheme, status } = redirect
  if (!REDIRECTS.has(status)) add(`${status} is not the status of a redirect`, 'use 301, 302, 303, 307 or 308')
  const badHost = host !== undefined && !HOST.test(host)
  if (badHost) add(`"${host}" is not a host to redirect to`)
  const badPort = port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)
  if (badPort) add(`${port} is not a port to redirect to`)
  return {
    status: REDIRECTS.has(status) ? status : 302,
    ...defined('scheme', scheme),
    ...defined('host', badHost ? undefined : host?.toLowerCase()),
    ...defined('port', badPort ? undefined : port),
    ...defined('path', checkReplace(add, path, route)),
  }
}

function checkRewrite({ add }: Findings, route: Route): RouteBehaviour['rewrite'] {
  const { rewrite } = route
  if (rewrite === undefined) return undefined
  const badHost = rewrite.host !== undefined && !HOST_AND_PORT.test(rewrite.host)
  if (badHost) add(`"${rewrite.host}" is not a host`)
  const host = badHost ? undefined : rewrite.host
  const path = checkReplace(add, rewrite.path, route)
  return host === undefined && path === undefined ? undefined : { ...defined('host', host), ...defined('path', path) }
}

function checkReplace(add: Findings['add'], replace: PathReplace | undefined, { pathType }: Route): PathReplace | undefined {
  if (replace === undefined) return undefined
  if (!PLAIN_PATH.test(replace.path)) {
    add(`"${replace.path}" is not a path`, 'write other characters as %XX; a query cannot be given')
    return undefined
  }
  if (replace.by === 'full' || pathType !== 'regex') return replace
  add('the path of a regular expression has no prefix that could be replaced', 'replace the full path')
  return undefined
}

function checkTime({ add }: Findings, what: string, ms: number | undefined): number | undefined {
  // A time of 0 means no limit. Source: Gateway API, HTTPRouteTimeouts.
  if (ms === undefined || ms === 0) return undefined
  if (Number.isFinite(ms) && ms > 0) return ms
  add(`${what} is ${ms} ms`)
  return undefined
}

function checkSticky({ add }: Findings, cookie: StickyCookie | undefined): StickyCookie | undefined {
  if (cookie === undefined) return undefined
  if (isToken(cookie.name) && /^[\x20-\x7e]*$/.test(cookie.attributes ?? '')) return cookie
  add(`"${cookie.name}" with "${cookie.attributes ?? ''}" is not a cookie`)
  return undefined
}

function defined<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V })
}
