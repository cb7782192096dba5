import { after, type Instant, type Millis } from '../../src/kernel/instant.ts'
import type { Answer, Backend } from './backend.ts'
import { ClientSide, clientAddress } from './client-side.ts'
import type { EdgeContext } from './context.ts'
import type { Destination } from './destination.ts'
import { Exchange, type ExchangeClient } from './exchange.ts'
import { formatAnswer } from './http/answer.ts'
import { formatPlainHead, formatRoutedHead } from './http/forwarded.ts'
import { findHeadEnd, HeadError, MAX_HEAD, PREFACE_HEAD } from './http/head-lines.ts'
import { parseRequestHead, type RequestHead } from './http/request-head.ts'
import { isFull, Standstill } from './progress.ts'
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
export interface HttpService extends Pick<EdgeContext, 'clock' | 'nextRequestId' | 'nextTraceId' | 'requests'> {
  /** `proxy` adds forwarding fields; `address` is an address of a service and adds nothing. */
  readonly manner: 'proxy' | 'address'
  /** What clients speak. */
  readonly scheme: 'http' | 'https'
  /** No further request on any connection. */
  readonly closing: boolean
  route(head: RequestHead): Destination | Answer
  /** What every request is for, whatever its head says; undefined where the routes decide. */
  backend(): Backend | undefined
  /** The first bytes of the connection are those of HTTP/2; the client no longer reads it. */
  onHttp2(client: HttpClient, first: Buffer): void
}

/** One client connection that speaks HTTP/1: one request after the other. */
export class HttpClient implements ExchangeClient {
  readonly socket: ExchangeClient['socket']
  readonly clock: HttpService['clock']
  readonly address: string
  readonly #service: HttpService
  readonly #onClosed: (client: HttpClient) => void
  #side: ClientSide | undefined
  #text = ''
  #rest: Buffer | undefined
  #exchange: Exchange | undefined
  #tunnel: Tunnel | undefined
  #lingering = false
  #lastRequest = false
  #deadline: Instant
  #standstill: Standstill | undefined

  constructor(socket: ExchangeClient['socket'], service: HttpService, onClosed: (client: HttpClient) => void) {
    this.socket = socket
    this.clock = service.clock
    this.#service = service
    this.#onClosed = onClosed
    this.address = clientAddress(socket)
    this.#deadline = after(this.clock.now(), KEEP_ALIVE_MS)
    socket.on('data', this.#onData).on('drain', this.#onDrain).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose)
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
    this.#side ??= ClientSide.of(this.socket, this.#service.scheme)
    return formatRoutedHead(head, this.#side, this.#service)
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
    const next = from + end - before
    if (head instanceof HeadError) {
      if (!text.startsWith(PREFACE_HEAD) || !this.#isFirst(before + chunk.length)) this.#refuse(head)
      else this.#becomeHttp2(Buffer.concat([Buffer.from(text.slice(0, end), 'latin1'), chunk.subarray(next)]))
      return
    }
    this.#begin(head, next < chunk.length ? chunk.subarray(next) : undefined)
  }

  /** Nothing came on the connection before these bytes. */
  #isFirst(length: number): boolean {
    return this.socket.bytesRead === length
  }

  /** The client speaks HTTP/2 by prior knowledge; found where its preface is no head of HTTP/1, so that a good head pays nothing. */
  #becomeHttp2(first: Buffer): void {
    const { socket } = this
    socket
      .off('data', this.#onData)
      .off('drain', this.#onDrain)
      .off('end', this.#onEnd)
      .off('error', this.#onError)
      .off('close', this.#onClose)
    this.#service.onHttp2(this, first)
  }

  #begin(head: RequestHead, rest: Buffer | undefined): void {
    if (!head.keepAlive) this.#lastRequest = true
    const destination = this.#service.route(head)
    if (!('backend' in destination)) {
      if (head.chunked || head.contentLength > 0) this.#lastRequest = true
      else this.#rest = rest
      this.#note(destination, head)
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
    const answer = { status: error.status, reason: error.reason }
    this.#note(answer, undefined)
    this.#write(answer, 'sent')
  }

  /** A request that was answered before it came to a gate. */
  #note({ status, reason }: Answer, head: RequestHead | undefined): void {
    this.#service.requests.add({
      at: this.clock.now(),
      backend: this.#service.backend()?.spec,
      replica: undefined,
      client: this.address,
      protocol: head?.minor === 0 ? 'http/1.0' : 'http/1.1',
      line: head,
      status,
      waitedMs: 0,
      tookMs: 0,
      bytesIn: 0,
      bytesOut: 0,
      reason,
    })
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

  readonly #onData = (chunk: Buffer): void => {
    this.receive(chunk)
  }

  readonly #onError = (): void => {
    this.socket.destroy()
  }

  readonly #onDrain = (): void => {
    if (this.#tunnel !== undefined) this.#tunnel.onClientDrain()
    else if (this.#exchange !== undefined) this.#exchange.onClientDrain()
    else if (!this.#lingering) {
      this.#deadline = after(this.clock.now(), KEEP_ALIVE_MS)
      if (this.socket.isPaused()) this.socket.resume()
      this.#continue()
    }
  }

  readonly #onEnd = (): void => {
    if (this.#tunnel !== undefined) {
      this.#tunnel.onClientEnd()
      return
    }
    this.#gone()
    this.socket.end()
  }

  readonly #onClose = (): void => {
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
