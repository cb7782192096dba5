import { createHash, createHmac } from 'node:crypto'
import type { Instant } from '../../../src/kernel/instant.ts'
import { compactDate } from '../dates.ts'

export interface AwsKeys {
  readonly id: string
  readonly secret: string
  /** Of temporary keys. */
  readonly token?: string
}

export interface UnsignedRequest {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly region: string
  readonly service: string
  readonly keys: AwsKeys
  readonly now: Instant
}

const ALGORITHM = 'AWS4-HMAC-SHA256'

/** The headers of a POST without query, with those that sign it (AWS: Signature Version 4, create a signed request). */
export function signRequest({ url, headers, body, region, service, keys, now }: UnsignedRequest): Readonly<Record<string, string>> {
  const date = compactDate(now)
  const scope = [date.slice(0, 8), region, service, 'aws4_request']
  const all = {
    ...headers,
    Host: url.host,
    'X-Amz-Date': date,
    ...(keys.token === undefined ? {} : { 'X-Amz-Security-Token': keys.token }),
  }
  const canonical = Object.entries(all)
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1))
  const names = canonical.map(([name]) => name).join(';')
  const request = ['POST', url.pathname, '', ...canonical.map(([name, value]) => `${name}:${value}`), '', names, hash(body)].join('\n')
  const signed = [ALGORITHM, date, scope.join('/'), hash(request)].join('\n')
  const key = scope.reduce<Buffer | string>((secret, part) => mac(secret, part), `AWS4${keys.secret}`)
  const signature = mac(key, signed).toString('hex')
  return { ...all, Authorization: `${ALGORITHM} Credential=${keys.id}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signature}` }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function mac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
