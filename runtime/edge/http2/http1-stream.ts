import type { IncomingHttpHeaders } from 'node:http2'
import { Duplex } from 'node:stream'
import { Body, responseFraming } from '../http/body.ts'
import { findHeadEnd, HeadError } from '../http/head-lines.ts'
import { parseResponseHead, type ResponseHead } from '../http/response-head.ts'
import { isFull } from '../progress.ts'
import type { Upstream } from '../upstream.ts'
import type { UpstreamConnection, UpstreamUser } from '../upstream-connection.ts'
import { CallHead } from './call-head.ts'

/** Fields that HTTP/2 forbids and a response head of HTTP/1 may still have here. Source: RFC 9113, 8.2.2. */
const FORBIDDEN = new Set(['te', 'http2-settings'])

/** A stream to a replica, of HTTP/2 or what stands for one. */
export interface ReplicaStream extends Duplex {
  readonly rstCode?: number | undefined
  readonly aborted: boolean
  readonly broken?: string | undefined
  close(code: number): void
}

export interface Http1StreamParts {
  readonly upstream: Upstream
  readonly headers: IncomingHttpHeaders
  readonly body: 'none' | 'follows'
  /** No connection can be made; nothing was sent. */
  readonly onUnreachable: (reason: string) => void
}

/**
 * A request of HTTP/2 carried to a replica that speaks HTTP/1.1 only; behaves as a client's stream of node:http2 (events `headers`,
 * `response`, `data`, `end`, `close`). Trailers are not carried, which RFC 9110, 6.5 allows.
 */
export class Http1Stream extends Duplex implements UpstreamUser {
  /** Why the answer cannot be completed. */
  broken: string | undefined
  readonly rstCode = 0
  readonly aborted = false
  readonly #parts: Http1StreamParts
  readonly #head: CallHead
  #connection: UpstreamConnection | undefined
  #text = ''
  #answer: ResponseHead | undefined
  #body: Body | undefined
  #answered = false
  #bodySent = false
  #retried = false
  /** The write, or the end of writing, that waits for a connection or for `drain`. */
  #go: (() => void) | undefined

  constructor(parts: Http1StreamParts) {
    super()
    this.#parts = parts
    this.#head = new CallHead(parts.headers, parts.body)
    // An answer that is complete before its request: nobody reads the rest.
    this.on('end', () => {
      if (!this.writableFinished) this.destroy()
    })
    if (parts.body === 'none') this.end()
  }

  start(): void {
    this.#parts.upstream.acquire(this, this.#parts.body === 'none' ? 'pooled' : 'recent')
  }

  close(): void {
    this.destroy()
  }

  onConnected(connection: UpstreamConnection): void {
    this.#connection = connection
    connection.socket.write(this.#formatHead(), 'latin1')
    this.#wake()
  }

  onConnectFailed(reason: string): void {
    this.#parts.onUnreachable(reason)
  }

  onUpstreamData(connection: UpstreamConnection, buffer: Buffer, length: number): void {
    let at = 0
    this.#answered = true
    while (this.#body === undefined) {
      at = this.#readHead(buffer, at, length)
      if (at < 0) return
    }
    this.#readBody(connection, buffer, at, length)
  }

  onUpstreamDrain(): void {
    this.#wake()
  }

  onUpstreamEnd(error: string | undefined): void {
    const connection = this.#connection
    if (connection === undefined) return
    if (error === undefined && this.#body?.framing === 'until-close') {
      this.#drop()
      this.push(null)
      return
    }
    if (connection.reused && !this.#retried && !this.#bodySent && !this.#answered) {
      this.#retried = true
      this.#drop()
      this.#parts.upstream.acquire(this, 'new')
      return
    }
    this.#break(error ?? 'end of stream')
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const connection = this.#connection
    if (connection === undefined) {
      this.#go = () => this._write(chunk, _encoding, done)
      return
    }
    this.#bodySent = true
    const { socket } = connection
    if (!this.#head.chunked) socket.write(chunk)
    else if (chunk.length > 0) {
      socket.cork()
      socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
      socket.write(chunk)
      socket.write('\r\n', 'latin1')
      socket.uncork()
    }
    if (isFull(socket)) this.#go = done
    else done()
  }

  override _final(done: () => void): void {
    if (!this.#head.chunked) {
      done()
      return
    }
    const connection = this.#connection
    if (connection === undefined) {
      this.#go = () => this._final(done)
      return
    }
    connection.socket.write('0\r\n\r\n', 'latin1')
    done()
  }

  override _read(): void {
    this.#connection?.socket.resume()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#parts.upstream.abandon(this)
    this.#drop()
    done(error)
  }

  #formatHead(): string {
    const { method, target, fields, chunked } = this.#head
    return `${method} ${target} HTTP/1.1\r\n${fields}${chunked ? 'Transfer-Encoding: chunked\r\n' : ''}\r\n`
  }

  /** Returns where the rest begins; -1 when there is nothing more to do. */
  #readHead(buffer: Buffer, start: number, length: number): number {
    const before = this.#text.length
    const text = this.#text + buffer.toString('latin1', start, length)
    const end = findHeadEnd(text)
    if (end === -1) {
      this.#text = text
      return -1
    }
    const head = end instanceof HeadError ? end : parseResponseHead(text, end)
    if (end instanceof HeadError || head instanceof HeadError || head.status === 101) {
      this.#break(head instanceof HeadError ? head.reason : 'the response changes a protocol that nobody asked to change')
      return -1
    }
    this.#text = ''
    if (head.status < 200) {
      this.emit('headers', readFields(head))
      return start + end - before
    }
    this.#answer = head
    this.#body = new Body(responseFraming(head, this.#head.method), head.contentLength, (bytes, from, to) => this.#give(bytes, from, to))
    const complete = this.#body.complete
    this.emit('response', readFields(head), complete ? 1 : 0)
    return start + end - before
  }

  #readBody(connection: UpstreamConnection, buffer: Buffer, start: number, length: number): void {
    const body = this.#body
    if (body === undefined || this.destroyed) return
    const end = body.advance(buffer, start, length)
    if (body.error !== undefined) {
      this.#break(`the response body is malformed: ${body.error}`)
      return
    }
    if (body.framing !== 'chunked') this.#give(buffer, start, end)
    if (!body.complete) return
    this.#connection = undefined
    connection.idleMs = this.#answer?.idleMs
    // More bytes than the response has: the connection is not at a message boundary, so it carries nothing else.
    if (this.#answer?.keepAlive === true && end === length && this.writableFinished) {
      if (connection.socket.isPaused()) connection.socket.resume()
      this.#parts.upstream.release(connection)
    } else {
      connection.user = undefined
      connection.destroy()
    }
    this.push(null)
  }

  #give(buffer: Buffer, start: number, end: number): void {
    if (end > start && !this.push(Buffer.from(buffer.subarray(start, end)))) this.#connection?.socket.pause()
  }

  #wake(): void {
    const go = this.#go
    this.#go = undefined
    go?.()
  }

  #break(reason: string): void {
    this.broken = reason
    this.destroy()
  }

  #drop(): void {
    const connection = this.#connection
    this.#connection = undefined
    if (connection === undefined) return
    connection.user = undefined
    connection.destroy()
  }
}

function readFields(head: ResponseHead): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = { ':status': String(head.status) }
  for (const line of head.fields.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = headers[name]
    if (FORBIDDEN.has(name)) continue
    if (name === 'set-cookie') headers[name] = [...(headers[name] ?? []), value]
    else headers[name] = before === undefined ? value : `${String(before)}, ${value}`
  }
  return headers
}
