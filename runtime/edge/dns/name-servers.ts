import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Instant, instant, type Millis } from '../../../src/kernel/instant.ts'

/** A resolver that names of the world are asked of. */
export interface Upstream {
  readonly address: string
  readonly port: number
}

export const DNS_PORT = 53
const FILE = '/etc/resolv.conf'
/** A laptop changes its network: the file is read again after this time. */
const KEEP_MS: Millis = 5000

/** The `nameserver` lines, in their order. Source: resolv.conf(5). */
export function parseResolvConf(text: string): readonly string[] {
  const addresses = text.split('\n').flatMap((line) => {
    const [keyword, address = ''] = line.trim().split(/\s+/)
    return keyword === 'nameserver' && isIP(address) !== 0 ? [address] : []
  })
  return [...new Set(addresses)]
}

/** The resolvers of the system this edge runs in, without the edge itself. A file that cannot be read names none. */
export function systemUpstreams(clock: Clock, own: string): () => Promise<readonly Upstream[]> {
  let known: readonly Upstream[] = []
  let until: Instant = instant(0)
  return async () => {
    if (clock.now() < until) return known
    const text = await readFile(FILE, 'utf8').catch(() => '')
    known = parseResolvConf(text).flatMap((address) => (address === own ? [] : [{ address, port: DNS_PORT }]))
    until = after(clock.now(), KEEP_MS)
    return known
  }
}
