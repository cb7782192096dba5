import { DEFAULT_HOLD_MS, type Route } from '../../model/route.ts'
import { defineTrait } from '../define.ts'
import type { TraitEntry, UseContext } from '../definition.ts'
import type { ComponentDraft } from '../draft.ts'
import { approximated, fields, list, notSimulated, oneOf, optional, portNumber, preset, required, text, type YieldOf } from '../schema.ts'

const gatewayNote = approximated('one local router serves every gateway and listener')
const tlsNote = notSimulated('TLS of this trait is not simulated; the route is served over plain HTTP')

const httpRules = list(
  fields({
    path: optional(fields({ type: preset(oneOf('PathPrefix', 'Exact'), 'PathPrefix'), value: preset(text(), '/') })),
    headers: optional(list(fields({ type: preset(oneOf('Exact'), 'Exact'), name: required(text()), value: required(text()) }))),
    serviceName: optional(text()),
    port: required(portNumber()),
  }),
)

const tcpRules = list(
  fields({
    gatewayPort: preset(portNumber(), 8060),
    serviceName: optional(text()),
    port: required(portNumber()),
    gatewayClassName: optional(text(), gatewayNote),
  }),
)

/** HTTPRoute of the Gateway API. Source: KubeVela catalogue, addons traefik and gateway-traits, http-route definition. */
const httpRoute = defineTrait({
  kind: 'trait',
  type: 'http-route',
  simulation: { level: 'simulated' },
  parameters: fields({
    domains: required(list(text())),
    rules: required(httpRules),
    gatewayName: preset(text(), 'traefik-gateway', gatewayNote),
    gatewayNamespace: preset(text(), 'vela-system', gatewayNote),
    listenerName: preset(text(), 'web', gatewayNote),
  }),
  apply: (draft, { domains, rules }, use) => addHttpRoutes(draft, domains, rules, use),
})

/** The same behind a gateway of its own that ends TLS. Source: the same addons, https-route definition. */
const httpsRoute = defineTrait({
  kind: 'trait',
  type: 'https-route',
  simulation: { level: 'simulated' },
  parameters: fields({
    domains: required(list(text())),
    rules: required(httpRules),
    TLSPort: preset(portNumber(), 8443, tlsNote),
    gatewayClassName: preset(text(), 'traefik', gatewayNote),
    secrets: optional(list(fields({ name: required(text()), namespace: optional(text()) })), tlsNote),
  }),
  apply: (draft, { domains, rules }, use) => addHttpRoutes(draft, domains, rules, use),
})

/** A port of a gateway for one service: a published port here. Source: the same addons, tcp-route definition. */
const tcpRoute = defineTrait({
  kind: 'trait',
  type: 'tcp-route',
  simulation: { level: 'simulated' },
  parameters: fields({ rules: required(tcpRules) }),
  apply: (draft, { rules }, use) => {
    rules.forEach(({ gatewayPort, port, serviceName }, index) => {
      const service = serviceName ?? use.source.name
      const target = draft.serviceTarget(service, port)
      const origin = use.at('rules', index)
      if (target !== undefined || service === use.source.name) {
        draft.publish({ host: gatewayPort, target: target ?? port, protocol: 'tcp', origin })
        return
      }
      const said = `port ${gatewayPort} is not opened: only services of the component itself are published, and "${service}" is none`
      draft.note({ kind: 'not-simulated', subject: 'tcp-route.rules', text: said, origin })
    })
    return []
  },
})

export const gatewayRoutes: readonly TraitEntry[] = [httpRoute, httpsRoute, tcpRoute]

/** Without a domain every host is meant; a path that is not given is every path. Source: Gateway API, HTTPRouteRule. */
function addHttpRoutes(draft: ComponentDraft, domains: readonly string[], rules: YieldOf<typeof httpRules>, use: UseContext): readonly [] {
  for (const host of domains.length === 0 ? [undefined] : domains) {
    rules.forEach(({ path, headers = [], serviceName, port }, index) => {
      const route: Route = {
        ...(host === undefined ? {} : { host }),
        path: path?.value ?? '/',
        pathType: path?.type === 'Exact' ? 'exact' : 'prefix',
        to: [{ by: 'service', service: serviceName ?? use.source.name, namespace: use.source.namespace, port, weight: 1 }],
        holdMs: DEFAULT_HOLD_MS,
        origin: use.at('rules', index),
        ...(headers.length === 0 ? {} : { when: { headers: headers.map(({ name, value }) => ({ name, by: 'exact', value })) } }),
      }
      draft.route(route)
    })
  }
  return []
}
