import type { Diagnostic, Origin } from '../kernel/diagnostic.ts'
import type { Service } from '../model/component.ts'
import type { BackendId, EdgeRoute } from '../model/edge.ts'
import { DEFAULT_NAMESPACE } from '../model/names.ts'
import { DEFAULT_HOLD_MS, type Route, type RouteTarget } from '../model/route.ts'
import type { BackendSet } from './backends.ts'
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
    const targets = cumulate(route.to.map((target) => ({ ...resolveTarget(target, route.origin, context), weight: target.weight })))
    if (targets.length === 0) {
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
      path: route.path.startsWith('/') ? route.path : `/${route.path}`,
      pathType: route.pathType,
      targets,
      holdMs: route.holdMs,
      ...(route.tls?.redirect === true ? { httpsPort: context.httpsPort } : {}),
    })
  }
  return compiled
}

/** `<component>.<app>.localhost`, and with the namespace between them outside the default one, to the first HTTP or TCP port. */
export function defaultRoutes(components: readonly TableComponent[], backends: BackendSet): readonly EdgeRoute[] {
  const routes = new Map<string, EdgeRoute>()
  const defaultFirst = [
    ...components.filter((component) => component.namespace === DEFAULT_NAMESPACE),
    ...components.filter((component) => component.namespace !== DEFAULT_NAMESPACE),
  ]
  for (const component of defaultFirst) {
    const port = component.ports.find((candidate) => candidate.protocol !== 'udp')
    if (port === undefined) continue
    const backend = backends.use(component, port.number)
    for (const host of defaultHosts(component)) {
      if (routes.has(host)) continue
      routes.set(host, { host, path: '/', pathType: 'prefix', targets: [{ backend, upTo: 1 }], holdMs: DEFAULT_HOLD_MS })
    }
  }
  return [...routes.values()]
}

/** The host names every component with a port answers to. */
function defaultHosts(component: Pick<TableComponent, 'name' | 'namespace' | 'app'>): readonly string[] {
  const short = `${component.name}.${component.app}.localhost`.toLowerCase()
  if (component.namespace === DEFAULT_NAMESPACE) return [short]
  return [short, `${component.name}.${component.namespace}.${component.app}.localhost`.toLowerCase()]
}

/**
 * Gateway API precedence: an exact host before a wildcard (longest suffix first) before any host, then an exact path
 * before a prefix, then the longer path; equal ones keep the order of the model.
 */
export function sortRoutes(routes: readonly EdgeRoute[]): readonly EdgeRoute[] {
  return [...routes].sort(
    (left, right) =>
      hostRank(left.host) - hostRank(right.host) ||
      pathRank(left) - pathRank(right) ||
      trimSlash(right.path).length - trimSlash(left.path).length,
  )
}

/** A host name has at most 253 characters, so a wildcard's rank stays between that of exact hosts and of any host. */
function hostRank(host: string | undefined): number {
  if (host === undefined) return 1000
  return host.startsWith('*.') ? 500 - host.length : 0
}

function pathRank(route: EdgeRoute): number {
  return route.pathType === 'exact' ? 0 : 1
}

/** The element-wise form of a prefix: `/foo/` is `/foo`, `/` is empty. Source: Kubernetes, Ingress, path types. */
export function trimSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}

function resolveTarget(
  target: RouteTarget,
  origin: Origin,
  context: { readonly services: readonly Service[]; readonly backends: BackendSet; readonly problems: Diagnostic[] },
): { readonly backend: BackendId; readonly revision?: NonNullable<RouteTarget['revision']> } {
  const revision = target.revision === undefined ? {} : { revision: target.revision }
  if (target.by === 'component') {
    const component = context.backends.component(target.component)
    if (component !== undefined) return { backend: context.backends.use(component, target.port), ...revision }
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
  return { backend: backends.use(component, port.target), ...revision }

  function missing(called: string, number: number, reason: string): BackendId {
    context.problems.push({ code: 'MP6001', severity: 'warning', message: `a route leads nowhere: ${reason}`, origin })
    return context.backends.useMissing(called, number, { code: 'MP6001', reason })
  }
}

function describe(route: Route): string {
  return `${route.host ?? '*'}${route.path}`
}
