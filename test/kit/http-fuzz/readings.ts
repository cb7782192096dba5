import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'
import { Body, requestFraming } from '../../../runtime/edge/http/body.ts'
import { findHeadEnd, HeadError } from '../../../runtime/edge/http/head-lines.ts'
import { parseRequestHead } from '../../../runtime/edge/http/request-head.ts'
import { systemClock } from '../../../runtime/time/system-clock.ts'

/** What a reader of bytes took for requests, and whether it refused to go on. */
export interface Reading {
  readonly requests: readonly { readonly method: string; readonly target: string; readonly body: string }[]
  readonly refused: string | undefined
}

/** The edge's own framing over all bytes at once. */
export function readByEdge(bytes: Buffer): Reading {
  const requests: { method: string; target: string; body: string }[] = []
  let at = 0
  while (at < bytes.length) {
    while (bytes[at] === 13 && bytes[at + 1] === 10) at += 2
    const text = bytes.toString('latin1', at)
    const end = findHeadEnd(text)
    if (end instanceof HeadError) return { requests, refused: end.reason }
    if (end < 0) break
    const head = parseRequestHead(text, end)
    if (head instanceof HeadError) return { requests, refused: head.reason }
    let data = ''
    const body = new Body(requestFraming(head), head.contentLength, (buffer, from, to) => {
      data += buffer.toString('latin1', from, to)
    })
    const start = at + end
    at = body.advance(bytes, start, bytes.length)
    if (body.error !== undefined) return { requests, refused: body.error }
    if (!body.complete) break
    requests.push({
      method: head.method,
      target: head.target,
      body: body.framing === 'chunked' ? data : bytes.toString('latin1', start, at),
    })
    if (!head.keepAlive) return { requests, refused: at < bytes.length ? 'the client ends the connection' : undefined }
  }
  return { requests, refused: undefined }
}

/** node:http reads nothing behind a request to change the protocol, also when nobody changes it. */
export const UNREAD = 'what follows a request to change the protocol'

/** Errors of which only their reason says what was wrong. */
const BROAD_CODES = new Set(['HPE_STRICT', 'HPE_INVALID_CONTENT_LENGTH'])

/** Turns of the loop between two steps of node:http on a stream: one was always enough. */
const QUIET_TURNS = 5

/** Reads by node:http in this process, without a network: its own parser over a stream. */
export class NodeReader {
  #requests: { method: string; target: string; body: string }[] = []
  #refused: string | undefined
  /** What has happened on the stream so far. */
  #events = 0
  readonly #server = createServer((incoming, response) => this.#take(incoming, response))

  #take(incoming: IncomingMessage, response: ServerResponse): void {
    const requests = this.#requests
    let body = ''
    this.#events++
    incoming.on('data', (part: Buffer) => {
      this.#events++
      body += part.toString('latin1')
    })
    incoming.on('error', () => {})
    incoming.on('end', () => {
      this.#events++
      if (incoming.headers.upgrade !== undefined && /\bupgrade\b/i.test(incoming.headers.connection ?? '')) this.#refused ??= UNREAD
      requests.push({ method: incoming.method ?? '', target: withoutAuthority(incoming.url ?? '', incoming.method ?? ''), body })
      response.end()
    })
  }

  constructor() {
    this.#server.on('clientError', (error: Error & { code?: string; reason?: string }, socket) => {
      if (error.code !== 'ECONNRESET')
        this.#refused ??= BROAD_CODES.has(error.code ?? '') ? `${error.code}: ${error.reason}` : (error.code ?? error.message)
      this.#events++
      // What came before the error is still told of, some turns later.
      void this.#settled().then(() => socket.destroy())
    })
    // An unknown expectation is no matter of framing.
    this.#server.on('checkExpectation', (incoming, response) => this.#take(incoming, response))
    // Nobody answers these: they take the connection over, and nothing after them is a request.
    this.#server.on('connect', (_, socket) => socket.destroy())
  }

  async read(bytes: Buffer): Promise<Reading> {
    this.#requests = []
    this.#refused = undefined
    const stream = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() })
    stream.on('error', () => {})
    const closed = new Promise<void>((resolve) => stream.once('close', resolve))
    this.#server.emit('connection', stream)
    stream.push(bytes)
    // Bodies end some turns of the loop after their last byte.
    await this.#settled()
    if (!stream.destroyed) stream.push(null)
    await closed
    return { requests: this.#requests, refused: this.#refused }
  }

  /** Lets everything take place that the last bytes have caused. Nothing comes from outside of this process, so turns of the loop in which nothing happens tell that it has. */
  async #settled(): Promise<void> {
    let seen = -1
    for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
      if (this.#events !== seen) quiet = 0
      seen = this.#events
      await systemClock.sleep(0)
    }
  }
}

function withoutAuthority(target: string, method: string): string {
  const rest = /^https?:\/\/[^/?]+(.*)$/i.exec(target)?.[1]
  if (rest === '' && method === 'OPTIONS') return '*'
  return rest === undefined ? target : rest.startsWith('/') ? rest : `/${rest}`
}
