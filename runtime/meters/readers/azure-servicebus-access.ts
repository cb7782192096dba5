import { createHmac } from 'node:crypto'
import type { Instant } from '../../../src/kernel/instant.ts'
import { connectionParts } from '../connection-string.ts'
import { WrongSetting } from '../failure.ts'
import type { Settings } from '../settings.ts'

/** Of the emulator, which has no certificate either. */
const EMULATED_PORT = '5300'
const LIFETIME_SECONDS = 3600

export interface ServiceBusNamespace {
  /** Of the administration interface. */
  readonly endpoint: URL
  readonly keyName: string
  readonly key: string
  /** Instead of a key. */
  readonly signature?: string
}

/** What a connection string of Service Bus says. With `UseDevelopmentEmulator=true` the interface is plain HTTP, on port 5300 unless another is given. */
export function serviceBusNamespace(settings: Settings): ServiceBusNamespace {
  const connection = settings.text('connection')
  if (connection === undefined) throw new WrongSetting('connection is missing; identities of Azure are not there')
  const part = connectionParts(connection)
  const [, host, port] = /^(?:sb|https?|amqps?):\/\/([^/:?]+)(?::(\d+))?\/?$/.exec(part('Endpoint') ?? '') ?? []
  if (host === undefined) throw new WrongSetting('connection has no Endpoint=sb://…')
  const emulated = part('UseDevelopmentEmulator')?.toLowerCase() === 'true'
  const endpoint = new URL(
    emulated ? `http://${host}:${port ?? EMULATED_PORT}/` : `https://${host}${port === undefined ? '' : `:${port}`}/`,
  )
  const signature = part('SharedAccessSignature')
  const keyName = part('SharedAccessKeyName') ?? ''
  const key = part('SharedAccessKey') ?? ''
  if (signature === undefined && (keyName === '' || key === ''))
    throw new WrongSetting('connection has neither SharedAccessKeyName and SharedAccessKey nor SharedAccessSignature')
  return { endpoint, keyName, key, ...(signature === undefined ? {} : { signature }) }
}

/** A shared access signature for the namespace (Azure Service Bus: access control with Shared Access Signatures). */
export function authorization({ endpoint, keyName, key, signature }: ServiceBusNamespace, now: Instant): string {
  if (signature !== undefined) return signature
  const resource = encodeURIComponent(`http://${endpoint.host}/`.toLowerCase())
  const expiry = Math.floor(now / 1000) + LIFETIME_SECONDS
  const mac = createHmac('sha256', key).update(`${resource}\n${expiry}`).digest('base64')
  return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(mac)}&se=${expiry}&skn=${encodeURIComponent(keyName)}`
}
