import type { EdgeName } from '../model/edge.ts'

/** The domain the edge's resolver answers for; the default of Kubernetes clusters. */
export const CLUSTER_DOMAIN = 'cluster.local'
const SERVICES = `svc.${CLUSTER_DOMAIN}`

/** `web.default.svc.cluster.local`. Source: Kubernetes DNS specification, section 2.3.1. */
export function serviceDomain(name: string, namespace: string): string {
  return `${name}.${namespace}.${SERVICES}`.toLowerCase()
}

/** What the cluster's domain says about a name. */
export type NameAnswer =
  /** Not a name of the cluster's domain: somebody else knows it. */
  | { readonly kind: 'outside' }
  /** Exists; without addresses it only has other names below it. */
  | { readonly kind: 'known'; readonly addresses: readonly string[] }
  /** Does not exist. `asked`: somebody looks for that service, rather than trying a name of the world with our search path. */
  | { readonly kind: 'unknown'; readonly asked: boolean }

/** The names of one table. */
export class NameBook {
  readonly #addresses: ReadonlyMap<string, readonly string[]>
  readonly #above: ReadonlySet<string>

  constructor(names: readonly EdgeName[]) {
    this.#addresses = new Map(names.map(({ name, addresses }) => [name, addresses]))
    this.#above = new Set([CLUSTER_DOMAIN, SERVICES, ...names.flatMap(({ name }) => domainsAbove(name))])
  }

  /** Any case, with or without the last dot. */
  find(asked: string): NameAnswer {
    const name = plainName(asked)
    if (name !== CLUSTER_DOMAIN && !name.endsWith(`.${CLUSTER_DOMAIN}`)) return { kind: 'outside' }
    const addresses = this.#addresses.get(name)
    // A headless service without a ready replica exists in the cluster, and its name does not: Kubernetes DNS specification, section 2.4.1.
    if (addresses !== undefined) return addresses.length > 0 ? { kind: 'known', addresses } : { kind: 'unknown', asked: false }
    if (this.#above.has(name)) return { kind: 'known', addresses: [] }
    return { kind: 'unknown', asked: splitServiceDomain(name) !== undefined }
  }
}

/**
 * Service and namespace of a name that can only be meant as a service: `cache` tried with the search path of its namespace, or written
 * out. What is longer is a name of the world with a search path behind it, what begins with an underscore a look for something optional.
 */
export function splitServiceDomain(asked: string): { readonly service: string; readonly namespace: string } | undefined {
  const name = plainName(asked)
  if (!name.endsWith(`.${SERVICES}`)) return undefined
  const [service = '', namespace = '', ...more] = name.slice(0, -SERVICES.length - 1).split('.')
  if (service === '' || namespace === '' || more.length > 0 || service.startsWith('_')) return undefined
  return { service, namespace }
}

function plainName(name: string): string {
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase()
}

function domainsAbove(name: string): readonly string[] {
  const labels = name.split('.')
  return labels.map((_, index) => labels.slice(index + 1).join('.')).filter((domain) => domain.endsWith(CLUSTER_DOMAIN))
}
