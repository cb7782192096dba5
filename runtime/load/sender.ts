import * as http from 'node:http'
import * as https from 'node:https'
import type { LoadDestination } from '../../src/control/measuring-ports.ts'

/** How a request ended. */
export type Outcome =
  /** `repeated`: it was sent once more because its kept connection was closed. */
  { readonly status: number; readonly bytes: number; readonly repeated: boolean } | { readonly error: string; readonly repeated: boolean }

/** Sends one request and calls back once, unless it is cancelled first. */
export interface Sender {
  send(ended: (outcome: Outcome) => void): { cancel(): void }
  /** Lets go of all connections. */
  close(): void
}

/** A kept connection that closes while a request is written says nothing about the server. A POST is never sent twice. */
const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
const CLOSED: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE'])

/** Sends over kept connections of HTTP/1.1. What answers is on this machine, so certificates are not checked: load measures, it does not trust. */
export class HttpSender implements Sender {
  readonly #options: http.RequestOptions
  readonly #agent: http.Agent
  readonly #request: typeof http.request

  constructor({ host, port, tls, authority, method, path, headers }: LoadDestination, concurrency: number) {
    const pool = { keepAlive: true, maxSockets: concurrency, maxFreeSockets: concurrency, scheduling: 'lifo' } as const
    const servername = authority.replace(/:\d+$/, '')
    this.#agent = tls
      ? new https.Agent({ ...pool, rejectUnauthorized: false, ...(nameable(servername) ? { servername } : {}) })
      : new http.Agent(pool)
    this.#request = tls ? https.request : http.request
    this.#options = { host, port, method, path, agent: this.#agent, setHost: false, headers: headersOf(authority, headers) }
  }

  send(ended: (outcome: Outcome) => void): { cancel(): void } {
    let current: http.ClientRequest | undefined
    let over = false
    const end = (outcome: Outcome): void => {
      if (over) return
      over = true
      ended(outcome)
    }
    const begin = (repeated: boolean): void => {
      const request = this.#request(this.#options)
      current = request
      request.on('response', (response) => readAnswer(response, repeated, end))
      request.on('error', (error: NodeJS.ErrnoException) => {
        const again = !repeated && !over && request.reusedSocket && CLOSED.has(error.code) && REPEATABLE.has(this.#options.method ?? '')
        if (again) begin(true)
        else end({ error: error.code ?? error.message, repeated })
      })
      request.end()
    }
    begin(false)
    return {
      cancel: () => {
        over = true
        current?.destroy()
      },
    }
  }

  close(): void {
    this.#agent.destroy()
  }
}

function readAnswer(response: http.IncomingMessage, repeated: boolean, end: (outcome: Outcome) => void): void {
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  response.on('end', () => end({ status: response.statusCode ?? 0, bytes, repeated }))
  response.on('error', (error: NodeJS.ErrnoException) => end({ error: error.code ?? error.message, repeated }))
  response.on('close', () => end({ error: 'incomplete answer', repeated }))
}

function headersOf(authority: string, given: LoadDestination['headers']): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { host: authority, 'user-agent': 'minipaas-load' }
  const own = new Set<string>()
  for (const [name, value] of given) {
    const key = name.toLowerCase()
    const before = own.has(key) ? headers[key] : undefined
    headers[key] = before === undefined ? value : [before, value].flat()
    own.add(key)
  }
  return headers
}

/** Server names of TLS are names, not addresses. */
function nameable(host: string): boolean {
  return /[a-z]/i.test(host) && !host.startsWith('[')
}
