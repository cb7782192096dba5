import { createHmac } from 'node:crypto'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import { formatInstant } from '../../../src/kernel/instant.ts'

const ACCOUNT = 'devstoreaccount1'
export const AZURITE_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
const VERSION = '2019-12-12'

/** A shared access signature for everything in the account's queues, for an hour (Azure Storage: create an account SAS). */
export function accountSignature(): string {
  const expiry = formatInstant(systemClock.now())
    .replace(/^(\d+)/, (year) => String(Number(year) + 1))
    .replace(/\.\d+/, '')
  const fields = [ACCOUNT, 'rwdlacup', 'q', 'sco', '', expiry, '', 'https,http', VERSION, '']
  const sig = createHmac('sha256', Buffer.from(AZURITE_KEY, 'base64')).update(fields.join('\n')).digest('base64')
  return new URLSearchParams({ sv: VERSION, ss: 'q', srt: 'sco', sp: 'rwdlacup', se: expiry, spr: 'https,http', sig }).toString()
}

export class AzuriteClient {
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  async createQueue(name: string): Promise<void> {
    await this.#send('PUT', name)
  }

  async put(name: string, count: number): Promise<void> {
    const body = `<QueueMessage><MessageText>${Buffer.from('m').toString('base64')}</MessageText></QueueMessage>`
    for (let sent = 0; sent < count; sent++) await this.#send('POST', `${name}/messages`, body)
  }

  /** Taken and not deleted: nobody sees them for a while. */
  async take(name: string, count: number): Promise<void> {
    await this.#send('GET', `${name}/messages?numofmessages=${count}&visibilitytimeout=600`)
  }

  async clear(name: string): Promise<void> {
    await this.#send('DELETE', `${name}/messages`)
  }

  async #send(method: string, path: string, body?: string): Promise<void> {
    const url = `http://127.0.0.1:${this.#port}/${ACCOUNT}/${path}${path.includes('?') ? '&' : '?'}${accountSignature()}`
    const headers = { 'x-ms-version': VERSION, 'Content-Type': 'application/xml' }
    const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
    const text = await response.text()
    if (!response.ok) throw new Error(`Azurite answered ${response.status} ${text}`)
  }
}
