import type { Millis } from '../../../src/kernel/instant.ts'
import { CHARACTERS, CR, LF, parseLength, VALUE } from './characters.ts'
import { ConnectionOptions, dropFields, type FieldVisitor, HeadError, walkFields } from './head-lines.ts'

/** A response without its body, checked; `fields` goes on unchanged. */
export interface ResponseHead {
  readonly status: number
  /** Status and reason, as sent. */
  readonly statusText: string
  readonly fields: string
  readonly keepAlive: boolean
  /** -1 when no Content-Length was given. */
  readonly contentLength: number
  readonly chunked: boolean
  readonly upgrade: string | undefined
  /** How long the server keeps an idle connection, when it says so. */
  readonly idleMs: Millis | undefined
}

class FieldReader implements FieldVisitor {
  contentLength = -1
  transferEncoding: string | undefined
  upgrade: string | undefined
  idleMs: Millis | undefined
  connection: ConnectionOptions | undefined

  knows(length: number, first: number): boolean {
    switch (length) {
      case 7: // upgrade
        return first === 117
      case 10: // connection, keep-alive
        return first === 99 || first === 107
      case 14: // content-length
        return first === 99
      case 16: // proxy-connection
        return first === 112
      case 17: // transfer-encoding
        return first === 116
      default:
        return false
    }
  }

  read(name: string, value: string): 'keep' | 'drop' | HeadError {
    switch (name) {
      case 'content-length': {
        const length = parseLength(value)
        if (length === undefined) return new HeadError(502, 'the Content-Length of the response is not a number')
        if (this.contentLength >= 0) return new HeadError(502, 'the response has more than one Content-Length')
        this.contentLength = length
        return 'keep'
      }
      case 'transfer-encoding':
        if (this.transferEncoding !== undefined) return new HeadError(502, 'the response has more than one Transfer-Encoding')
        this.transferEncoding = value.toLowerCase()
        return 'drop'
      case 'connection':
        this.connection ??= new ConnectionOptions()
        this.connection.add(value)
        return 'drop'
      case 'keep-alive': {
        const seconds = /timeout=(\d{1,6})/i.exec(value)?.[1]
        if (seconds !== undefined) this.idleMs = Number(seconds) * 1000
        return 'drop'
      }
      case 'proxy-connection':
        return 'drop'
      case 'upgrade':
        this.upgrade = value
        return 'drop'
      default:
        return 'keep'
    }
  }
}

/** Reads a response head that ends at `end` (after its empty line). */
export function parseResponseHead(text: string, end: number): ResponseHead | HeadError {
  const minor = text.charCodeAt(7) - 48
  if (!text.startsWith('HTTP/1.') || (minor !== 0 && minor !== 1) || text.charCodeAt(8) !== 32) {
    return new HeadError(502, 'the response does not begin with HTTP/1.x')
  }
  const status = parseLength(text.slice(9, 12))
  let at = 12
  while (((CHARACTERS[text.charCodeAt(at)] ?? 0) & VALUE) !== 0) at++
  const separated = at === 12 || text.charCodeAt(12) === 32
  if (status === undefined || status < 100 || !separated || text.charCodeAt(at) !== CR || text.charCodeAt(at + 1) !== LF) {
    return new HeadError(502, 'the status line of the response is malformed')
  }
  const reader = new FieldReader()
  const kept = walkFields(text, { start: at + 2, end }, reader)
  if (kept instanceof HeadError) return new HeadError(502, `in the response, ${kept.reason}`)
  const { connection, transferEncoding, contentLength } = reader
  if (transferEncoding !== undefined && transferEncoding !== 'chunked')
    return new HeadError(502, 'the response has an unknown transfer coding')
  const chunked = transferEncoding !== undefined
  // RFC 9112, 6.1: HTTP/1.0 with a Transfer-Encoding must be treated "as if the framing is faulty".
  if (chunked && minor === 0) return new HeadError(502, 'the response is HTTP/1.0 and has a Transfer-Encoding')
  if (chunked && contentLength >= 0) return new HeadError(502, 'the response has both Content-Length and Transfer-Encoding')
  return {
    status,
    statusText: at === 12 ? `${status} ` : text.slice(9, at),
    fields: connection !== undefined && connection.nominated.length > 0 ? dropFields(kept, connection.nominated) : kept,
    keepAlive: minor === 1 ? connection?.close !== true : connection?.keepAlive === true,
    contentLength,
    chunked,
    upgrade: reader.upgrade,
    idleMs: reader.idleMs,
  }
}
