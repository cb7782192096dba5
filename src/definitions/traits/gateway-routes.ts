import { DEFAULT_HOLD_MS, type Route, type RouteTls } from '../../model/route.ts'
import { defineTrait } from '../define.ts'
import type { TraitEntry, UseContext } from '../definition.ts'
import type { ComponentDraft } from '../draft.ts'
import { approximated, fields, list, oneOf, optional, portNumber, preset, required, text, type YieldOf } from '../schema.ts'

const gatewayNote = approximated('one local router serves every gateway and listener')
const tlsPortNote = approximated(
  'one listener serves every route over TLS, at port 8443 or the next free one; plain HTTP is served as well',
)
const secretsNote = approximated(
  'the certificate of the first Secret is shown; where the model has none of that name, one of the local authority (minipaas trust)',
)

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
  apply: (draft, { domains, rules }, use) => addHttpRoutes(draft, { domains, rules }, use),
})

/** The same behind a gateway of its own that ends TLS. Source: the same addons, https-route definition. */
const httpsRoute = defineTrait({
  kind: 'trait',
  type: 'https-route',
  simulation: { level: 'simulated' },
  parameters: fields({
    domains: required(list(text())),
    rules: required(httpRules),
    TLSPort: preset(portNumber(), 8443, tlsPortNote),
    gatewayClassName: preset(text(), 'traefik', gatewayNote),
    secrets: optional(list(fields({ name: required(text()), namespace: optional(text()) })), secretsNote),
  }),
  apply: (draft, { domains, rules, secrets = [] }, use) => {
    const [first] = secrets
    const secret = first === undefined ? {} : { secret: { name: first.name, namespace: first.namespace ?? use.source.namespace } }
    return addHttpRoutes(draft, { domains, rules, tls: { ...secret, redirect: false } }, use)
  },
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

interface HttpRoutes {
  readonly domains: readonly string[]
  readonly rules: YieldOf<typeof httpRules>
  readonly tls?: RouteTls
}

/** Without a domain every host is meant; a path that is not given is every path. Source: Gateway API, HTTPRouteRule. */
function addHttpRoutes(draft: ComponentDraft, { domains, rules, tls }: HttpRoutes, use: UseContext): readonly [] {
  for (const host of domains.length === 0 ? [undefined] : domains) {
    rules.forEach(({ path, headers = [], serviceName, port }, index) => {
      const route: Route = {
        ...(host === undefined ? {} : { host }),
        path: path?.value ?? '/',
        pathType: path?.type === 'Exact' ? 'exact' : 'prefix',
        to: [{ by: 'service', service: serviceName ?? use.source.name, namespace: use.source.namespace, port, weight: 1 }],
        holdMs: DEFAULT_HOLD_MS,
        ...(tls === undefined ? {} : { tls }),
        origin: use.at('rules', index),
        ...(headers.length === 0 ? {} : { when: { headers: headers.map(({ name, value }) => ({ name, by: 'exact', value })) } }),
      }
      draft.route(route)
    })
  }
  return []
}
