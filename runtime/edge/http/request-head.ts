import { CHARACTERS, CR, LF, parseLength, SPACE, TARGET, TOKEN } from './characters.ts'
import { ConnectionOptions, dropFields, type FieldVisitor, HeadError, lineTooLong, MAX_LINE, walkFields } from './head-lines.ts'
import { traceIdOf } from './traceparent.ts'

/** A request without its body, checked; `fields` is what goes on unchanged, without anything that concerns one connection only. */
export interface RequestHead {
  readonly method: string
  /** Origin form, or `*`. */
  readonly target: string
  readonly minor: 0 | 1
  /** As the client wrote it; empty when it is not there. */
  readonly host: string
  readonly fields: string
  readonly keepAlive: boolean
  /** -1 when no Content-Length was given. */
  readonly contentLength: number
  readonly chunked: boolean
  /** The protocol to change to, when the request asks for it and has no body. */
  readonly upgrade: string | undefined
  readonly expectsContinue: boolean
  readonly forwardedFor: string | undefined
  readonly has: { readonly proto: boolean; readonly host: boolean; readonly port: boolean; readonly requestId: boolean }
  /** Its fields of W3C Trace Context: none, a valid `traceparent`, or anything else, which begins no trace. */
  readonly trace?: 'none' | 'valid' | 'invalid'
  /** Given with the request, or the one it was forwarded with. */
  traceId?: string | undefined
  requestId?: string | undefined
}

class FieldReader implements FieldVisitor {
  host: string | undefined
  contentLength = -1
  chunked = false
  expectsContinue = false
  upgrade: string | undefined
  forwardedFor: string | undefined
  hasProto = false
  hasHost = false
  hasPort = false
  hasRequestId = false
  requestId: string | undefined
  traceId: string | undefined
  trace: 'none' | 'valid' | 'invalid' = 'none'
  #traceparents = 0
  connection: ConnectionOptions | undefined

  knows(length: number, first: number): boolean {
    switch (length) {
      case 2: // te
      case 17: // transfer-encoding, x-forwarded-proto
        return first === 116 || first === 120
      case 4: // host
        return first === 104
      case 6: // expect
        return first === 101
      case 7: // upgrade
        return first === 117
      case 10: // connection, keep-alive, tracestate
        return first === 99 || first === 107 || first === 116
      case 11: // traceparent
        return first === 116
      case 12: // x-request-id
      case 15: // x-forwarded-for
        return first === 120
      case 14: // content-length, http2-settings
        return first === 99 || first === 104
      case 16: // proxy-connection, x-forwarded-host, x-forwarded-port
        return first === 112 || first === 120
      default:
        return false
    }
  }

  read(name: string, value: string): 'keep' | 'drop' | HeadError {
    switch (name) {
      case 'host':
        if (this.host !== undefined) return new HeadError(400, 'there is more than one Host field')
        if (!isHost(value)) return new HeadError(400, 'the Host field is not a host')
        this.host = value
        return 'keep'
      case 'content-length': {
        if (this.contentLength >= 0) return new HeadError(400, 'there is more than one Content-Length field')
        const length = parseLength(value)
        if (length === undefined) return new HeadError(400, 'the Content-Length field is not a number')
        this.contentLength = length
        return 'keep'
      }
      case 'transfer-encoding':
        if (this.chunked) return new HeadError(400, 'there is more than one Transfer-Encoding field')
        if (value.toLowerCase() !== 'chunked') return new HeadError(501, 'the only transfer coding known here is chunked')
        this.chunked = true
        return 'drop'
      case 'connection':
        this.connection ??= new ConnectionOptions()
        this.connection.add(value)
        return 'drop'
      case 'upgrade':
        this.upgrade = value
        return 'drop'
      case 'x-forwarded-for':
        this.forwardedFor = this.forwardedFor === undefined ? value : `${this.forwardedFor}, ${value}`
        return 'drop'
      case 'keep-alive':
      case 'proxy-connection':
      case 'te':
      case 'http2-settings':
        return 'drop'
      case 'expect':
        this.expectsContinue = value.toLowerCase() === '100-continue'
        return 'keep'
      case 'x-forwarded-proto':
        this.hasProto = true
        return 'keep'
      case 'x-forwarded-host':
        this.hasHost = true
        return 'keep'
      case 'x-forwarded-port':
        this.hasPort = true
        return 'keep'
      case 'x-request-id':
        this.hasRequestId = true
        this.requestId ??= value
        return 'keep'
      case 'traceparent':
        this.traceId = this.#traceparents++ === 0 ? traceIdOf(value) : undefined
        this.trace = this.traceId === undefined ? 'invalid' : 'valid'
        return 'keep'
      case 'tracestate':
        if (this.trace === 'none') this.trace = 'invalid'
        return 'keep'
      default:
        return 'keep'
    }
  }
}

/** Reads a head that ends at `end` (after its empty line). Strict where RFC 9112 lets a recipient choose. */
export function parseRequestHead(text: string, end: number): RequestHead | HeadError {
  let at = 0
  while (((CHARACTERS[text.charCodeAt(at)] ?? 0) & TOKEN) !== 0) at++
  if (at === 0 || text.charCodeAt(at) !== SPACE) return new HeadError(400, 'the request line has no method')
  const method = text.slice(0, at)
  const targetStart = ++at
  while (((CHARACTERS[text.charCodeAt(at)] ?? 0) & TARGET) !== 0) at++
  if (at > MAX_LINE) return lineTooLong(true)
  if (at === targetStart || text.charCodeAt(at) !== SPACE) return new HeadError(400, 'the request line has no target')
  const target = text.slice(targetStart, at)
  const minor = readVersion(text, at + 1)
  if (minor instanceof HeadError) return minor
  const reader = new FieldReader()
  const fields = walkFields(text, { start: at + 11, end }, reader)
  if (fields instanceof HeadError) return fields
  return assemble({ method, target, minor }, fields, reader)
}

function readVersion(text: string, at: number): 0 | 1 | HeadError {
  if (text.charCodeAt(at + 8) !== CR || text.charCodeAt(at + 9) !== LF || !text.startsWith('HTTP/', at)) {
    return new HeadError(400, 'the request line does not end with a version')
  }
  if (text.startsWith('1.1', at + 5)) return 1
  if (text.startsWith('1.0', at + 5)) return 0
  return new HeadError(505, 'this version of HTTP is not spoken here')
}

function assemble(
  line: { readonly method: string; readonly target: string; readonly minor: 0 | 1 },
  kept: string,
  reader: FieldReader,
): RequestHead | HeadError {
  const { connection, contentLength, chunked } = reader
  if (chunked && contentLength >= 0) return new HeadError(400, 'Content-Length and Transfer-Encoding exclude each other')
  if (chunked && line.minor === 0) return new HeadError(400, 'HTTP/1.0 has no Transfer-Encoding')
  if (line.minor === 1 && reader.host === undefined) return new HeadError(400, 'there is no Host field')
  if (line.method === 'CONNECT') return new HeadError(405, 'this is not a forward proxy')
  let fields = connection !== undefined && connection.nominated.length > 0 ? dropFields(kept, connection.nominated) : kept
  let { target } = line
  let host = reader.host ?? ''
  if (target.charCodeAt(0) !== 47 && !(target === '*' && line.method === 'OPTIONS')) {
    const absolute = /^https?:\/\/([^/?#]*)([/?]?.*)$/i.exec(target)
    if (absolute === null || absolute[1] === undefined || absolute[1] === '' || !isHost(absolute[1])) {
      return new HeadError(400, 'the request target is neither a path nor a URL')
    }
    // RFC 9112, 3.2.2: the authority of the target replaces what Host says.
    host = absolute[1]
    const path = absolute[2] ?? ''
    // RFC 9112, 3.2.4: the last proxy turns OPTIONS of a URL without path and query into "*".
    target = path.startsWith('/') ? path : line.method === 'OPTIONS' && path === '' ? '*' : `/${path}`
    fields = `Host: ${host}\r\n${dropFields(fields, ['host'])}`
  }
  const bodyless = !chunked && contentLength <= 0
  const upgrades = connection?.upgrade === true && line.minor === 1 && bodyless && reader.upgrade?.toLowerCase() !== 'h2c'
  return {
    method: line.method,
    target,
    minor: line.minor,
    host,
    fields,
    keepAlive: line.minor === 1 ? connection?.close !== true : connection?.keepAlive === true && !connection.close,
    contentLength,
    chunked,
    upgrade: upgrades ? reader.upgrade : undefined,
    expectsContinue: reader.expectsContinue,
    forwardedFor: reader.forwardedFor,
    has: { proto: reader.hasProto, host: reader.hasHost, port: reader.hasPort, requestId: reader.hasRequestId },
    trace: reader.trace,
    traceId: reader.traceId,
    requestId: reader.requestId,
  }
}

/** An authority without user information; empty is allowed by RFC 9112, 3.2. */
function isHost(value: string): boolean {
  return /^(?:[A-Za-z0-9\-._~%!$&'()*+;=]*|\[[0-9A-Fa-f:.]+\])(?::\d*)?$/.test(value)
}

const IDEMPOTENT = new Set(['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])

/** Whether a request may be sent a second time when nothing is known of the first. Source: RFC 9110, 9.2.2: "A proxy MUST NOT automatically retry non-idempotent requests." */
export function isIdempotent(method: string): boolean {
  return method === 'GET' || IDEMPOTENT.has(method)
}
