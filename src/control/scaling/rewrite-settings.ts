import { rewriteHosts, type ServiceAddress } from '../rewrite-hosts.ts'

interface Place {
  readonly addresses: readonly ServiceAddress[]
  readonly namespace: string
}

/** Settings of a trigger for a reader that cannot resolve names of services: `redis:6379` becomes the local port that leads there. */
export function rewriteSettings(settings: Readonly<Record<string, string>>, place: Place): Readonly<Record<string, string>> {
  if (place.addresses.length === 0) return settings
  const rewritten = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, rewriteText(key, value, place)]))
  const { host, port } = settings
  if (host === undefined || port === undefined) return rewritten
  const pair = rewritePair(host, port, place)
  return pair === undefined ? rewritten : { ...rewritten, host: pair.host, port: pair.port }
}

/** `host` and `port` on their own, or as words of a connection text (`host=db port=5432 user=shop`, `Server=db;Port=3306`). */
function rewriteText(key: string, text: string, place: Place): string {
  const host = /(?:^|[\s;])(?:host|server)=([^\s;]+)/i.exec(text)?.[1]
  const port = /(?:^|[\s;])port=(\d+)/i.exec(text)?.[1]
  const pair = host === undefined || port === undefined ? undefined : rewritePair(host, port, place)
  if (pair === undefined) return rewriteHosts(key, text, place)
  return text
    .replace(/((?:^|[\s;])(?:host|server)=)[^\s;]+/i, (_whole, before: string) => `${before}${pair.host}`)
    .replace(/((?:^|[\s;])port=)\d+/i, (_whole, before: string) => `${before}${pair.port}`)
}

function rewritePair(host: string, port: string, place: Place): { readonly host: string; readonly port: string } | undefined {
  const local = rewriteHosts('address', `${host}:${port}`, place)
  if (local === `${host}:${port}`) return undefined
  const colon = local.lastIndexOf(':')
  return { host: local.slice(0, colon), port: local.slice(colon + 1) }
}
