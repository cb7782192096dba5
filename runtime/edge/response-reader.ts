import type { Socket } from 'node:net'
import type { Millis } from '../../src/kernel/instant.ts'
import { Body, responseFraming } from './http/body.ts'
import { findHeadEnd, HeadError } from './http/head-lines.ts'
import type { RequestHead } from './http/request-head.ts'
import { parseResponseHead, type ResponseHead } from './http/response-head.ts'
import { isFull } from './progress.ts'
import type { UpstreamConnection } from './upstream-connection.ts'

/** Up to this size a head and the body bytes read with it leave in one string, which costs less than two buffers. */
const ONE_WRITE = 12 * 1024

/** The client's side of a response. */
export interface ResponseSink {
  readonly socket: Socket
  /** False when the connection must end after this response. */
  readonly staysOpen: boolean
  closeAfterwards(): void
}

/** Who is told how the response goes on. */
export interface ResponseOwner {
  readonly requestComplete: boolean
  onUpgrade(protocol: string, rest: Buffer): void
  onResponseEnd(reuse: 'reuse' | 'close'): void
  onBroken(reason: string): void
}

/** Reads one response (and the interim ones before it) from a replica and writes it to the client. */
export class ResponseReader {
  /** A byte of a response was read. */
  started = false
  /** The final head was written to the client. */
  headSent = false
  status = 0
  /** Bytes of heads, interim ones too. */
  headBytes = 0
  idleMs: Millis | undefined
  readonly #owner: ResponseOwner
  readonly #sink: ResponseSink
  readonly #request: RequestHead
  readonly #edit: ((fields: string) => string) | undefined
  #text = ''
  #body: Body | undefined
  #reusable = false
  #decodes = false
  #decoded: [number, number][] = []

  /** `edit` changes the field lines of the final head, and of one that changes the protocol. */
  constructor(owner: ResponseOwner, sink: ResponseSink, request: RequestHead, edit?: (fields: string) => string) {
    this.#owner = owner
    this.#sink = sink
    this.#request = request
    this.#edit = edit
  }

  get endsWithConnection(): boolean {
    return this.#body?.framing === 'until-close'
  }

  read(connection: UpstreamConnection, buffer: Buffer, length: number): void {
    this.started = true
    if (this.#body === undefined) this.#readHead(connection, buffer, length)
    else this.#readBody(connection, buffer, 0, length, '')
  }

  #readHead(connection: UpstreamConnection, buffer: Buffer, length: number): void {
    let start = 0
    for (;;) {
      const before = this.#text.length
      const text = before === 0 ? buffer.toString('latin1', start, length) : this.#text + buffer.toString('latin1', start, length)
      const end = findHeadEnd(text)
      if (end instanceof HeadError) {
        this.#owner.onBroken(`in the response, ${end.reason}`)
        return
      }
      if (end < 0) {
        this.#text = text
        return
      }
      const head = parseResponseHead(text, end)
      if (head instanceof HeadError) {
        this.#owner.onBroken(head.reason)
        return
      }
      this.#text = ''
      start += end - before
      this.headBytes += end
      if (head.status >= 200) {
        this.#begin(connection, head, buffer, start, length)
        return
      }
      if (head.status === 101) {
        this.#switch(head, buffer.subarray(start, length))
        return
      }
      // Interim responses are for clients that know them. Source: RFC 9110, 15.2.
      if (this.#request.minor === 1) {
        this.#sink.socket.write(`HTTP/1.1 ${head.statusText}\r\n${head.fields}\r\n`, 'latin1')
        if (isFull(this.#sink.socket)) connection.socket.pause()
      }
      if (start >= length) return
    }
  }

  #switch(head: ResponseHead, rest: Buffer): void {
    if (this.#request.upgrade === undefined) {
      this.#owner.onBroken('the response changes a protocol that nobody asked to change')
      return
    }
    const protocol = head.upgrade ?? this.#request.upgrade
    this.headSent = true
    const fields = this.#edit === undefined ? head.fields : this.#edit(head.fields)
    this.#sink.socket.write(`HTTP/1.1 ${head.statusText}\r\n${fields}Connection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`, 'latin1')
    this.#owner.onUpgrade(protocol, Buffer.from(rest))
  }

  #begin(connection: UpstreamConnection, head: ResponseHead, buffer: Buffer, start: number, length: number): void {
    this.status = head.status
    this.idleMs = head.idleMs
    this.#reusable = head.keepAlive
    const framing = responseFraming(head, this.#request.method)
    this.#decodes = head.chunked && this.#request.minor === 0
    this.#body = new Body(framing, head.contentLength, this.#decodes ? (_, from, to) => this.#decoded.push([from, to]) : undefined)
    const encoded = head.chunked && !this.#decodes && head.status !== 204 && head.status !== 304
    if (framing === 'until-close' || (this.#decodes && framing !== 'none')) this.#sink.closeAfterwards()
    const fields = this.#edit === undefined ? head.fields : this.#edit(head.fields)
    let text = `HTTP/1.1 ${head.statusText}\r\n${fields}${encoded ? 'Transfer-Encoding: chunked\r\n' : ''}`
    if (!this.#sink.staysOpen) text += 'Connection: close\r\n'
    else if (this.#request.minor === 0) text += 'Connection: keep-alive\r\n'
    this.#readBody(connection, buffer, start, length, `${text}\r\n`)
  }

  #readBody(connection: UpstreamConnection, buffer: Buffer, start: number, length: number, head: string): void {
    const body = this.#body
    if (body === undefined) return
    const end = body.advance(buffer, start, length)
    if (body.error !== undefined) {
      this.#owner.onBroken(`the response body is malformed: ${body.error}`)
      return
    }
    const { socket } = this.#sink
    this.headSent = true
    if (this.#decodes) this.#writeDecoded(socket, buffer, head)
    else writeBoth(socket, head, buffer, start, body.tidy(buffer, end))
    connection.sentTo(socket)
    if (body.complete) {
      // More bytes than the response has: the connection is not at a message boundary, so it carries nothing else.
      this.#owner.onResponseEnd(this.#reusable && end === length ? 'reuse' : 'close')
    } else if (isFull(socket)) {
      // Paused only while bytes are still owed: a connection must never go back to the pool asleep.
      connection.socket.pause()
    }
  }

  #writeDecoded(socket: Socket, buffer: Buffer, head: string): void {
    if (head !== '') socket.write(head, 'latin1')
    for (const [from, to] of this.#decoded) socket.write(buffer.subarray(from, to))
    this.#decoded = []
  }
}

function writeBoth(socket: Socket, head: string, buffer: Buffer, start: number, end: number): void {
  if (start === end) {
    if (head !== '') socket.write(head, 'latin1')
    return
  }
  if (head === '') {
    socket.write(start === 0 && end === buffer.length ? buffer : buffer.subarray(start, end))
    return
  }
  if (end - start <= ONE_WRITE) {
    socket.write(head + buffer.toString('latin1', start, end), 'latin1')
    return
  }
  socket.cork()
  socket.write(head, 'latin1')
  socket.write(buffer.subarray(start, end))
  socket.uncork()
}
