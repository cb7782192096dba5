import type { Socket } from 'node:net'
import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Instant, type Millis } from '../../src/kernel/instant.ts'
import type { Answer } from './backend.ts'
import { type Destination, Exchange, type ExchangeClient } from './exchange.ts'
import { formatAnswer } from './http/answer.ts'
import { formatPlainHead, formatRoutedHead } from './http/forwarded.ts'
import { findHeadEnd, HeadError, MAX_HEAD } from './http/head-lines.ts'
import { parseRequestHead, type RequestHead } from './http/request-head.ts'
import { isFull } from './socket-state.ts'
import { Standstill } from './standstill.ts'
import type { Tunnel } from './tunnel.ts'

/** Between two requests. Source: nginx, keepalive_timeout = 75 s. */
const KEEP_ALIVE_MS: Millis = 75_000
/** From the first byte of a head to its last. Source: nginx, client_header_timeout = 60 s. */
const HEAD_MS: Millis = 60_000
/** How long a client that we have answered early may go on sending before its connection is cut. */
const LINGER_MS: Millis = 2000
/** A client that takes nothing of what it is owed for so long is cut off. Source: nginx, send_timeout = 60 s. */
const SEND_MS: Millis = 60_000
/** Pipelined requests are kept up to this size; more stays in the socket. */
const MAX_PIPELINED = 64 * 1024
const HEAD_END = Buffer.from('\r\n\r\n')

/** What a listener does with the HTTP requests of its connections. */
export interface HttpService {
  readonly clock: Clock
  readonly nextRequestId: () => string
  /** `proxy` adds forwarding fields; `address` is an address of a service and adds nothing. */
  readonly manner: 'proxy' | 'address'
  /** No further request on any connection. */
  readonly closing: boolean
  route(head: RequestHead): Destination | Answer
}

/** One client connection that speaks HTTP/1: one request after the other. */
export class HttpClient implements ExchangeClient {
  readonly socket: Socket
  readonly clock: Clock
  readonly #service: HttpService
  readonly #onClosed: (client: HttpClient) => void
  readonly #address: string
  #text = ''
  #rest: Buffer | undefined
  #exchange: Exchange | undefined
  #tunnel: Tunnel | undefined
  #lingering = false
  #lastRequest = false
  #deadline: Instant
  #standstill: Standstill | undefined

  constructor(socket: Socket, service: HttpService, onClosed: (client: HttpClient) => void) {
    this.socket = socket
    this.clock = service.clock
    this.#service = service
    this.#onClosed = onClosed
    this.#address = plainAddress(socket.remoteAddress)
    this.#deadline = after(service.clock.now(), KEEP_ALIVE_MS)
    socket
      .on('data', (chunk) => this.receive(chunk))
      .on('drain', () => this.#onDrain())
      .on('end', () => this.#onEnd())
      .on('error', () => socket.destroy())
      .on('close', () => this.#onClose())
  }

  get staysOpen(): boolean {
    return !this.#lastRequest && !this.#service.closing
  }

  now(): Instant {
    return this.clock.now()
  }

  receive(chunk: Buffer): void {
    if (this.#tunnel !== undefined) {
      this.#tunnel.onClientData(chunk)
      return
    }
    if (this.#lingering) return
    if (this.#exchange === undefined && this.#rest === undefined) {
      this.#readHead(chunk)
      return
    }
    const used = this.#exchange === undefined ? 0 : this.#exchange.onClientData(chunk)
    if (used < chunk.length) this.#keep(used === 0 ? chunk : chunk.subarray(used))
  }

  formatHead(head: RequestHead): string {
    if (this.#service.manner === 'address') return formatPlainHead(head)
    return formatRoutedHead(head, { address: this.#address, port: this.socket.localPort ?? 80 }, this.#service.nextRequestId)
  }

  closeAfterwards(): void {
    this.#lastRequest = true
  }

  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  becomeTunnel(tunnel: Tunnel): void {
    this.#exchange = undefined
    this.#tunnel = tunnel
    this.socket.resume()
    if (this.#rest !== undefined) tunnel.onClientData(this.#rest)
    this.#rest = undefined
  }

  /** Answers the current request by ourselves. */
  answer(answer: Answer, head: RequestHead): void {
    const unread = this.#exchange?.requestComplete === false
    this.#exchange = undefined
    if (unread) this.#lastRequest = true
    this.#write(answer, head.method === 'HEAD' ? 'omitted' : 'sent')
  }

  /** Ends a connection whose answer cannot be completed, so that the client cannot take it for a whole one. */
  cut(): void {
    this.#exchange = undefined
    this.socket.destroy()
  }

  onExchangeEnd(): void {
    const complete = this.#exchange?.requestComplete !== false
    this.#exchange = undefined
    if (!complete) this.#lastRequest = true
    this.#afterAnswer()
  }

  /** Ends the connection now if it waits for a request, else after its answer. */
  closeWhenIdle(): void {
    if (this.#exchange === undefined && this.#tunnel === undefined && !isFull(this.socket)) this.socket.end()
    else this.#lastRequest = true
  }

  destroy(): void {
    this.socket.destroy()
  }

  sweep(now: Instant): void {
    if (this.#tunnel !== undefined) return
    const { writableLength, bytesWritten } = this.socket
    if (writableLength > 0) {
      this.#standstill ??= new Standstill()
      if (this.#standstill.lasts(SEND_MS, bytesWritten - writableLength, now)) this.socket.destroy()
      return
    }
    if (this.#exchange !== undefined) {
      this.#exchange.sweep(now)
      return
    }
    if (now < this.#deadline) return
    if (this.#text !== '' && !this.#lingering) this.#refuse(new HeadError(408, 'the request did not arrive in time'))
    else this.socket.destroy()
  }

  #readHead(chunk: Buffer): void {
    let from = 0
    if (this.#text === '') {
      // Empty lines before a request are ignored. Source: RFC 9112, 2.2.
      while (chunk[from] === 13 && chunk[from + 1] === 10) from += 2
      if (from === chunk.length) return
      this.#deadline = after(this.clock.now(), HEAD_MS)
    }
    const before = this.#text.length
    const text = this.#text + chunk.toString('latin1', from, sliceEnd(chunk, from, before))
    const end = findHeadEnd(text)
    if (end instanceof HeadError) {
      this.#refuse(end)
      return
    }
    if (end < 0) {
      this.#text = text
      return
    }
    this.#text = ''
    const head = parseRequestHead(text, end)
    if (head instanceof HeadError) {
      this.#refuse(head)
      return
    }
    const next = from + end - before
    this.#begin(head, next < chunk.length ? chunk.subarray(next) : undefined)
  }

  #begin(head: RequestHead, rest: Buffer | undefined): void {
    if (!head.keepAlive) this.#lastRequest = true
    const destination = this.#service.route(head)
    if (!('backend' in destination)) {
      if (head.chunked || head.contentLength > 0) this.#lastRequest = true
      else this.#rest = rest
      this.#write(destination, head.method === 'HEAD' ? 'omitted' : 'sent')
      return
    }
    const exchange = new Exchange(this, head, destination)
    this.#exchange = exchange
    if (rest !== undefined) {
      const used = exchange.onClientData(rest)
      if (used < rest.length) this.#keep(rest.subarray(used))
    }
    if (this.#exchange === exchange) exchange.enter()
  }

  /** Bytes of a later request wait until this one is answered. */
  #keep(bytes: Buffer): void {
    this.#rest = this.#rest === undefined ? bytes : Buffer.concat([this.#rest, bytes])
    if (this.#rest.length > MAX_PIPELINED) this.socket.pause()
  }

  #refuse(error: HeadError): void {
    this.#text = ''
    this.#lastRequest = true
    this.#write({ status: error.status, reason: error.reason }, 'sent')
  }

  #write(answer: Answer, body: 'sent' | 'omitted'): void {
    const connection = this.staysOpen ? 'keep-alive' : 'close'
    this.socket.write(formatAnswer({ ...answer, connection, body }), 'latin1')
    this.#afterAnswer()
  }

  #afterAnswer(): void {
    if (!this.staysOpen) {
      this.#linger()
      return
    }
    this.#deadline = after(this.clock.now(), KEEP_ALIVE_MS)
    if (isFull(this.socket)) {
      // A client that does not read its answers gets no further ones; `drain` goes on.
      this.socket.pause()
      return
    }
    if (this.socket.isPaused()) this.socket.resume()
    this.#continue()
  }

  #continue(): void {
    const rest = this.#rest
    if (rest === undefined) return
    this.#rest = undefined
    this.#readHead(rest)
  }

  /** Says that nothing more comes, and lets the client read it before the connection is closed. Source: RFC 9112, 9.6. */
  #linger(): void {
    this.#lingering = true
    this.#rest = undefined
    this.#deadline = after(this.clock.now(), LINGER_MS)
    this.socket.end()
    this.socket.resume()
  }

  #onDrain(): void {
    if (this.#tunnel !== undefined) this.#tunnel.onClientDrain()
    else if (this.#exchange !== undefined) this.#exchange.onClientDrain()
    else if (!this.#lingering) {
      this.#deadline = after(this.clock.now(), KEEP_ALIVE_MS)
      if (this.socket.isPaused()) this.socket.resume()
      this.#continue()
    }
  }

  #onEnd(): void {
    if (this.#tunnel !== undefined) {
      this.#tunnel.onClientEnd()
      return
    }
    this.#gone()
    this.socket.end()
  }

  #onClose(): void {
    this.#tunnel?.onClientClosed()
    this.#gone()
    this.#onClosed(this)
  }

  #gone(): void {
    const exchange = this.#exchange
    this.#exchange = undefined
    this.#rest = undefined
    this.#text = ''
    this.#lastRequest = true
    exchange?.onClientGone()
  }
}

/** Only the head is turned into text; looking for its end in large chunks is cheaper on the bytes. */
function sliceEnd(chunk: Buffer, from: number, before: number): number {
  const limit = Math.min(chunk.length, from + MAX_HEAD + 4 - before)
  if (limit - from <= 2048 || before > 0) return limit
  const end = chunk.indexOf(HEAD_END, from)
  return end < 0 ? limit : Math.min(limit, end + 4)
}

/** `127.0.0.1` instead of `::ffff:127.0.0.1`. */
function plainAddress(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
