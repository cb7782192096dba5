import type { Diagnostic, Origin } from '../kernel/diagnostic.ts'
import type { Service } from '../model/component.ts'
import type { BackendId, EdgeRoute, EdgeTarget } from '../model/edge.ts'
import { DEFAULT_NAMESPACE } from '../model/names.ts'
import { DEFAULT_HOLD_MS, type Route, type RouteTarget } from '../model/route.ts'
import type { BackendSet } from './backends.ts'
import { checkBehaviour } from './check-behaviour.ts'
import { defaultHosts, revisionRoutes } from './default-hosts.ts'
import { trimSlash } from './path-replace.ts'
import { cumulate } from './split.ts'
import type { TableComponent } from './table-input.ts'

/** The routes of the model, in their order and not yet sorted. */
export function compileRoutes(
  routes: readonly Route[],
  context: {
    readonly services: readonly Service[]
    readonly backends: BackendSet
    readonly problems: Diagnostic[]
    /** Where the same routes are served over TLS. */
    readonly httpsPort: number
  },
): readonly EdgeRoute[] {
  const compiled: EdgeRoute[] = []
  for (const route of routes) {
    const { behaviour, problems } = checkBehaviour(route)
    context.problems.push(...problems)
    // Without one of its conditions the route would take requests that are not meant for it.
    if (behaviour === undefined) continue
    const targets = cumulate(
      (behaviour.redirect === undefined ? route.to : []).map((target) => ({
        ...resolveTarget(target, route.origin, context),
        weight: target.weight,
      })),
    )
    if (targets.length === 0 && behaviour.redirect === undefined) {
      context.problems.push({
        code: 'MP6006',
        severity: 'warning',
        message: `the route ${describe(route)} has no target with a weight above 0`,
        origin: route.origin,
        hint: 'give at least one target a positive weight',
      })
      continue
    }
    compiled.push({
      ...(route.host === undefined || route.host === '' || route.host === '*' ? {} : { host: route.host.toLowerCase() }),
      path: route.path.startsWith('/') || route.pathType === 'regex' ? route.path : `/${route.path}`,
      pathType: route.pathType,
      targets,
      holdMs: route.holdMs,
      ...(route.tls?.redirect === true ? { httpsPort: context.httpsPort } : {}),
      ...behaviour,
    })
  }
  return compiled
}

/**
 * `<component>.<app>.localhost`, and with the namespace between them outside the default one, to the first HTTP or TCP port; the same for
 * revisions and labels, where no component has that name.
 */
export function defaultRoutes(components: readonly TableComponent[], backends: BackendSet): readonly EdgeRoute[] {
  const routes = new Map<string, EdgeRoute>()
  const ofRevisions: EdgeRoute[] = []
  const defaultFirst = [
    ...components.filter((component) => component.namespace === DEFAULT_NAMESPACE),
    ...components.filter((component) => component.namespace !== DEFAULT_NAMESPACE),
  ]
  for (const component of defaultFirst) {
    const port = component.ports.find((candidate) => candidate.protocol !== 'udp')
    if (port === undefined) continue
    const target = backends.target(component, port.number)
    for (const host of defaultHosts(component)) {
      if (routes.has(host)) continue
      routes.set(host, { host, path: '/', pathType: 'prefix', targets: [{ ...target, upTo: 1 }], holdMs: DEFAULT_HOLD_MS })
    }
    ofRevisions.push(...revisionRoutes(component, target))
  }
  for (const route of ofRevisions) if (route.host !== undefined && !routes.has(route.host)) routes.set(route.host, route)
  return [...routes.values()]
}

/**
 * Gateway API precedence: an exact host before a wildcard (longest suffix first) before any host, then an exact path before an expression
 * before a prefix (that one is ours, after Envoy Gateway), the longer path, a method, more headers, more query parameters; equal ones keep
 * the order of the model.
 */
export function sortRoutes(routes: readonly EdgeRoute[]): readonly EdgeRoute[] {
  return [...routes].sort(
    (left, right) =>
      hostRank(left.host) - hostRank(right.host) ||
      PATH_RANKS[left.pathType] - PATH_RANKS[right.pathType] ||
      pathLength(right) - pathLength(left) ||
      methodRank(left) - methodRank(right) ||
      (right.when?.headers?.length ?? 0) - (left.when?.headers?.length ?? 0) ||
      (right.when?.query?.length ?? 0) - (left.when?.query?.length ?? 0),
  )
}

/** A host name has at most 253 characters, so a wildcard's rank stays between that of exact hosts and of any host. */
function hostRank(host: string | undefined): number {
  if (host === undefined) return 1000
  return host.startsWith('*.') ? 500 - host.length : 0
}

const PATH_RANKS: Readonly<Record<EdgeRoute['pathType'], number>> = { exact: 0, regex: 1, prefix: 2, 'text-prefix': 2 }

function pathLength({ path, pathType }: EdgeRoute): number {
  return pathType === 'prefix' || path === '/' ? trimSlash(path).length : path.length
}

function methodRank(route: EdgeRoute): number {
  return route.when?.method === undefined ? 1 : 0
}

function resolveTarget(
  target: RouteTarget,
  origin: Origin,
  context: { readonly services: readonly Service[]; readonly backends: BackendSet; readonly problems: Diagnostic[] },
): Omit<EdgeTarget, 'upTo'> {
  const revision = target.revision === undefined ? {} : { revision: target.revision }
  if (target.by === 'component') {
    const component = context.backends.component(target.component)
    if (component !== undefined) return { ...context.backends.target(component, target.port), ...revision }
    return { backend: missing(target.component, target.port, `there is no component ${target.component}`) }
  }
  const { services, backends } = context
  const service = services.find((candidate) => candidate.name === target.service && candidate.namespace === target.namespace)
  const name = target.namespace === DEFAULT_NAMESPACE ? target.service : `${target.service}.${target.namespace}`
  if (service === undefined) {
    return { backend: missing(name, target.port, `there is no service ${target.service} in namespace ${target.namespace}`) }
  }
  const port = service.ports.find((candidate) => candidate.port === target.port && candidate.protocol === 'tcp')
  const component = backends.component(service.component)
  if (component === undefined)
    return { backend: missing(name, target.port, `service ${name} leads to ${service.component}, which is not here`) }
  if (port === undefined) {
    const known = service.ports.map((candidate) => candidate.port).join(', ') || 'none'
    return { backend: missing(name, target.port, `service ${name} has no TCP port ${target.port} (it has: ${known})`) }
  }
  return { ...backends.target(component, port.target), ...revision }

  function missing(called: string, number: number, reason: string): BackendId {
    context.problems.push({ code: 'MP6001', severity: 'warning', message: `a route leads nowhere: ${reason}`, origin })
    return context.backends.useMissing(called, number, { code: 'MP6001', reason })
  }
}

function describe(route: Route): string {
  return `${route.host ?? '*'}${route.path}`
}
