import { Agent, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps, Agent as SecureAgent } from 'node:https'
import { NoValue } from './failure.ts'
import type { TlsSettings } from './tls.ts'

export interface HttpQuestion {
  readonly url: URL
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

const MOST_BYTES = 32 * 1024 * 1024
/** As Go's client. */
const MOST_REDIRECTS = 10

/** Asks over connections that are kept; user and password of an address become its authorization. */
export class HttpClient {
  readonly #plain = new Agent({ keepAlive: true, maxFreeSockets: 4 })
  readonly #secure: SecureAgent

  constructor(tls: TlsSettings = {}) {
    this.#secure = new SecureAgent({ keepAlive: true, maxFreeSockets: 4, ...tls })
  }

  async ask(question: HttpQuestion): Promise<HttpAnswer> {
    let { url } = question
    let headers = question.headers
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const answer = await this.#once({ ...question, url, ...(headers === undefined ? {} : { headers }) })
      const { location } = answer.headers
      if (![301, 302, 303, 307, 308].includes(answer.status) || typeof location !== 'string' || question.method === 'POST') return answer
      const next = new URL(location, url)
      // A key is for the host that it was given for.
      if (next.host !== url.host) headers = undefined
      url = next
    }
    throw new NoValue(`${question.url.host} redirects without end`)
  }

  /** The text of an answer 2xx; anything else is no value. */
  async text(question: HttpQuestion): Promise<string> {
    const { status, text } = await this.ask(question)
    if (status >= 200 && status < 300) return text
    const { host, pathname } = question.url
    throw new NoValue(`${host}${pathname} answered ${status}${text.trim() === '' ? '' : `: ${text.trim().slice(0, 200)}`}`, nextFor(status))
  }

  close(): void {
    this.#plain.destroy()
    this.#secure.destroy()
  }

  #once({ url, method = 'GET', headers, body, signal }: HttpQuestion): Promise<HttpAnswer> {
    const secure = url.protocol === 'https:'
    if (!secure && url.protocol !== 'http:') return Promise.reject(new NoValue(`${url.protocol} is neither http nor https`))
    return new Promise((resolve, reject) => {
      const options = { method, agent: secure ? this.#secure : this.#plain, signal, ...(headers === undefined ? {} : { headers }) }
      const request = (secure ? requestHttps : requestHttp)(url, options, (response) => {
        collect(response).then((text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }), reject)
      })
      request.once('error', reject)
      request.end(body)
    })
  }
}

async function collect(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > MOST_BYTES) throw new NoValue(`the answer is longer than ${MOST_BYTES} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function nextFor(status: number): string | undefined {
  if (status === 401 || status === 403) return 'Correct the user, the password or the key that the trigger is given.'
  if (status === 404) return 'Correct the address, or create what the trigger names.'
  return undefined
}
