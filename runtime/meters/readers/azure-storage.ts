import { createHmac } from 'node:crypto'
import type { Instant } from '../../../src/kernel/instant.ts'
import { connectionParts } from '../connection-string.ts'
import { httpDate } from '../dates.ts'
import { WrongSetting } from '../failure.ts'
import type { Settings } from '../settings.ts'

/** The account that every emulator has; its key is published with the emulator. */
const EMULATED = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
  host: 'http://127.0.0.1',
  port: 10_001,
}
/** Understood by the service and by Azurite of any age. */
const VERSION = '2019-12-12'

export interface StorageAccount {
  readonly endpoint: URL
  readonly name: string
  /** Absent with a shared access signature. */
  readonly key?: string
  /** A query. */
  readonly signature?: string
}

/** What a connection string of Azure Storage says about queues. */
export function storageAccount(settings: Settings): StorageAccount {
  const connection = settings.text('connection')
  if (connection === undefined) {
    throw new WrongSetting(
      settings.text('accountName') === undefined
        ? 'connection is missing'
        : 'accountName alone needs an identity of Azure, which is not there: give a connection',
    )
  }
  const part = connectionParts(connection)
  if (part('UseDevelopmentStorage')?.toLowerCase() === 'true') {
    const host = part('DevelopmentStorageProxyUri') ?? EMULATED.host
    return { name: EMULATED.name, key: EMULATED.key, endpoint: addressOf(`${host.replace(/\/$/, '')}:${EMULATED.port}/${EMULATED.name}`) }
  }
  const name = part('AccountName')
  const key = part('AccountKey')
  const signature = part('SharedAccessSignature')
  const endpoint =
    part('QueueEndpoint') ??
    `${part('DefaultEndpointsProtocol') ?? 'https'}://${name}.queue.${part('EndpointSuffix') ?? 'core.windows.net'}`
  if (signature !== undefined) return { name: name ?? '', signature: signature.replace(/^\?/, ''), endpoint: addressOf(endpoint) }
  if (name === undefined || key === undefined)
    throw new WrongSetting('connection has neither AccountName and AccountKey nor SharedAccessSignature')
  return { name, key, endpoint: addressOf(endpoint) }
}

function addressOf(text: string): URL {
  try {
    return new URL(text)
  } catch {
    // Said in words that name the setting.
    throw new WrongSetting('the endpoint of connection is no address')
  }
}

/** Shared Key for a GET without body (Azure Storage: Authorize with Shared Key, Blob, Queue, and File Services). */
export function signedHeaders({ name, key }: StorageAccount, url: URL, now: Instant): Readonly<Record<string, string>> {
  const headers = { 'x-ms-date': httpDate(now), 'x-ms-version': VERSION }
  if (key === undefined) return headers
  const query = [...url.searchParams].map(([parameter, value]) => `\n${parameter.toLowerCase()}:${value}`).sort()
  const sent = Object.entries(headers).map(([header, value]) => `${header}:${value}\n`)
  const signed = `GET${'\n'.repeat(12)}${sent.join('')}/${name}${url.pathname}${query.join('')}`
  const mac = createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest('base64')
  return { ...headers, Authorization: `SharedKey ${name}:${mac}` }
}
