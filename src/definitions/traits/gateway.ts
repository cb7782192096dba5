import type { Origin } from '../../kernel/diagnostic.ts'
import { DEFAULT_HOLD_MS, type Route, type RouteTls } from '../../model/route.ts'
import { defineTrait } from '../define.ts'
import type { TraitEntry, UseContext } from '../definition.ts'
import type { ComponentDraft } from '../draft.ts'
import { approximated, fields, flag, ineffective, map, oneOf, optional, portNumber, preset, required, text } from '../schema.ts'
import { type AnnotatedIngress, annotatedPath, readIngressAnnotations } from '../shapes/ingress-annotations.ts'

const classNote = approximated('one local router serves every ingress class')
const labelsNote = ineffective('labels of an ingress steer ingress controllers; the local router reads none')

/** What a path of no particular type means to nginx, the default class, and to Traefik: the beginning of a text. */
const PATH_TYPES = { Exact: 'exact', Prefix: 'prefix', ImplementationSpecific: 'text-prefix' } as const
const SSL_REDIRECT = 'nginx.ingress.kubernetes.io/ssl-redirect'
const FORCE_SSL_REDIRECT = 'nginx.ingress.kubernetes.io/force-ssl-redirect'

/** Routes by host and path through a service. Source: KubeVela, gateway definition. */
export const gateway = defineTrait({
  kind: 'trait',
  type: 'gateway',
  simulation: { level: 'simulated' },
  parameters: fields({
    domain: optional(text()),
    http: required(map(portNumber())),
    class: preset(text(), 'nginx', classNote),
    classInSpec: preset(flag(), false, classNote),
    secretName: optional(
      text(),
      approximated('where the model has no Secret of that name, a certificate of the local authority is shown (minipaas trust)'),
    ),
    gatewayHost: optional(text(), approximated('the local router has an address of its own')),
    name: optional(text()),
    pathType: preset(oneOf('ImplementationSpecific', 'Prefix', 'Exact'), 'ImplementationSpecific'),
    annotations: optional(map(text())),
    labels: optional(map(text()), labelsNote),
    existingServiceName: optional(text()),
  }),
  apply: (draft, params, use) => {
    const suffix = params.name === undefined ? '' : `-${params.name}`
    const service = params.existingServiceName ?? `${use.source.name}${suffix}`
    if (params.existingServiceName === undefined) addService(draft, { service, http: params.http, use })
    const annotated = readIngressAnnotations(params.annotations ?? {})
    for (const [key, why] of Object.entries(annotated.notDone)) {
      draft.note({ kind: 'not-simulated', subject: 'gateway.annotations', text: `${key}: ${why}`, origin: use.at('annotations', key) })
    }
    addRoutes(draft, {
      host: params.domain,
      http: params.http,
      service,
      pathType: PATH_TYPES[params.pathType],
      use,
      annotated,
      ...tlsOf(params, use),
    })
    return []
  },
})

const ingressFields = { domain: required(text()), http: required(map(portNumber())) }

/** The deprecated forms of gateway: a host is required; `pure-ingress` relies on a service that is already there. */
function ingress(type: 'ingress' | 'ingress-1-20' | 'pure-ingress'): TraitEntry {
  const extra = type === 'ingress-1-20' ? { class: preset(text(), 'nginx', classNote) } : {}
  return defineTrait({
    kind: 'trait',
    type,
    simulation: { level: 'simulated' },
    parameters: fields({ ...ingressFields, ...extra }),
    apply: (draft, { domain, http }, use) => {
      const service = use.source.name
      if (type !== 'pure-ingress') addService(draft, { service, http, use })
      addRoutes(draft, { host: domain, http, service, pathType: PATH_TYPES.ImplementationSpecific, use })
      return []
    },
  })
}

export const ingressFamily: readonly TraitEntry[] = [ingress('ingress'), ingress('ingress-1-20'), ingress('pure-ingress')]

interface Paths {
  readonly service: string
  readonly http: Readonly<Record<string, number>>
  readonly use: UseContext
}

function addService(draft: ComponentDraft, { service, http, use }: Paths): void {
  for (const [path, port] of Object.entries(http)) {
    draft.service({ name: service, ports: [{ name: `port-${port}`, port, target: port, protocol: 'tcp' }], origin: use.at('http', path) })
  }
}

interface WrittenTls {
  readonly secretName?: string | undefined
  readonly class: string
  readonly annotations?: Readonly<Record<string, string>> | undefined
}

/**
 * Ingresses of nginx send plain HTTP to https where there is a certificate, unless they are told not to, and everywhere when they are
 * told to; other classes serve both. Source: ingress-nginx, annotations `ssl-redirect` (default true) and `force-ssl-redirect`.
 */
function tlsOf({ secretName, class: ingressClass, annotations = {} }: WrittenTls, use: UseContext): { readonly tls?: RouteTls } {
  const secret = secretName === undefined || secretName === '' ? undefined : { namespace: use.source.namespace, name: secretName }
  const isNginx = ingressClass.includes('nginx')
  const forced = isNginx && annotations[FORCE_SSL_REDIRECT] === 'true'
  if (secret === undefined) return forced ? { tls: { redirect: true } } : {}
  return { tls: { secret, redirect: forced || (isNginx && annotations[SSL_REDIRECT] !== 'false') } }
}

interface Exposed extends Paths {
  readonly host: string | undefined
  readonly pathType: Route['pathType']
  readonly tls?: RouteTls
  readonly annotated?: AnnotatedIngress
}

function addRoutes(draft: ComponentDraft, of: Exposed): void {
  for (const [path, port] of Object.entries(of.http)) {
    const origin: Origin = of.use.at('http', path)
    draft.route({
      ...(of.host === undefined || of.host === '' ? {} : { host: of.host }),
      ...annotatedPath(path, of.pathType, of.annotated?.regex === true),
      to: [{ by: 'service', service: of.service, namespace: of.use.source.namespace, port, weight: 1 }],
      holdMs: DEFAULT_HOLD_MS,
      ...(of.tls === undefined ? {} : { tls: of.tls }),
      origin,
      ...of.annotated?.behaviour,
    })
  }
}
