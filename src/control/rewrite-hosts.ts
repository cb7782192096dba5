import type { Service } from '../model/component.ts'

/** Where a service is reached from inside a replica, when names do not resolve there. */
export interface ServiceAddress {
  readonly service: Service
  readonly port: number
  readonly host: string
  readonly localPort: number
}

/** Ports that a URL without a port means. Source: IANA and the clients of these systems. */
const SCHEME_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  redis: 6379,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mariadb: 3306,
  amqp: 5672,
  mongodb: 27_017,
  nats: 4222,
}

/** Names of variables whose value may be a bare host name. */
const ADDRESS_NAME =
  /(?:HOST|HOSTNAME|HOSTS|ADDR|ADDRESS|ADDRESSES|URL|URI|ENDPOINT|ENDPOINTS|SERVER|SERVERS|SERVICE|UPSTREAM|BACKEND|TARGET|BROKER|BROKERS|PEER|PEERS|NODES)\d*$/i

/** Addresses of services in a value that a variable or setting of that name has, replaced by local ones. */
export function rewriteHosts(
  name: string,
  value: string,
  { addresses, namespace }: { readonly addresses: readonly ServiceAddress[]; readonly namespace: string },
): string {
  let result = value
  for (const service of new Set(addresses.map((address) => address.service))) {
    const own = addresses.filter((address) => address.service === service)
    for (const host of hostForms(service, namespace)) {
      // `DB_NAME=postgres` names a database, `DB_HOST=postgres` a service: a word alone needs a name that asks for an address.
      if (result !== host || host.includes('.') || ADDRESS_NAME.test(name)) result = rewriteHost(result, host, own)
    }
  }
  return result
}

/** The DNS forms of a service, longest first. Source: facts, section 3.1. */
export function hostForms(service: Service, namespace: string): readonly string[] {
  const { name } = service
  const long = `${name}.${service.namespace}`
  const forms = [`${long}.svc.cluster.local`, `${long}.svc`, long]
  return service.namespace === namespace ? [...forms, name] : forms
}

function rewriteHost(text: string, host: string, addresses: readonly ServiceAddress[]): string {
  const escaped = host.replaceAll('.', '\\.')
  const authority = new RegExp(`(^|([a-z][a-z0-9+]*)://(?:[^/@\\s]*@)?|[@,\\s(])${escaped}(?::(\\d+))?(?=$|[/?#,;\\s)])`, 'gi')
  return text.replaceAll(authority, (whole, before: string, scheme: string | undefined, port: string | undefined) => {
    const wanted = port === undefined ? defaultPort(scheme, addresses) : Number(port)
    const address = addresses.find((candidate) => candidate.port === wanted)
    if (address === undefined) return whole
    // A word alone is an address only when it is the whole value; several ports would leave open which one is meant.
    const bare = port === undefined && scheme === undefined
    return bare && (whole !== text || addresses.length > 1) ? whole : `${before}${address.host}:${address.localPort}`
  })
}

function defaultPort(scheme: string | undefined, addresses: readonly ServiceAddress[]): number | undefined {
  if (scheme !== undefined) return SCHEME_PORTS[scheme.toLowerCase()]
  return addresses.length === 1 ? addresses[0]?.port : undefined
}
