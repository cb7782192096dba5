import type { EdgeCertificate, EdgeRoute } from '../model/edge.ts'
import type { Route, TlsSecret } from '../model/route.ts'
import type { TableComponent } from './table-input.ts'

/**
 * The certificates of the listener for TLS: one of the local authority for every host that has none of its own, and those of the
 * model. Wildcards stand below the name of an application, because clients refuse one that stands directly below a top-level name.
 */
export function orderCertificates(
  routes: readonly Route[],
  compiled: readonly EdgeRoute[],
  components: readonly Pick<TableComponent, 'app' | 'namespace'>[],
): readonly EdgeCertificate[] {
  const own = new Map<string, { readonly secret: TlsSecret; readonly hosts: Set<string> }>()
  let fallback: string | undefined
  for (const { host, tls } of routes) {
    if (tls?.secret === undefined) continue
    const id = `${tls.secret.namespace}/${tls.secret.name}`
    const known = own.get(id)
    const hosts = known?.hosts ?? new Set()
    if (host === undefined || host === '' || host === '*') fallback ??= id
    else hosts.add(host.toLowerCase())
    if (known === undefined) own.set(id, { secret: tls.secret, hosts })
  }
  const taken = new Set([...own.values()].flatMap(({ hosts }) => [...hosts]))
  const names = [
    'localhost',
    ...components.flatMap(({ app, namespace }) => [`*.${app}.localhost`, `*.${namespace}.${app}.localhost`]),
    ...compiled.flatMap(({ host }) => (host === undefined ? [] : [host])),
  ]
  const hosts = [...new Set(names.map((name) => name.toLowerCase()))].filter((host) => !taken.has(host)).sort()
  const given = [...own].map(([id, order]) => ({ id, order: { hosts: [...order.hosts].sort(), secret: order.secret } }))
  // A certificate for any host comes first: it is the one for names that no other is for.
  const before = given.filter(({ id }) => id === fallback)
  const behind = given.filter(({ id }) => id !== fallback)
  return [...before.map(({ order }) => order), { hosts }, ...behind.map(({ order }) => order)]
}
