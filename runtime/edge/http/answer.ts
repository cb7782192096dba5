import { STATUS_CODES } from 'node:http'
import type { Millis } from '../../../src/kernel/instant.ts'

/** A complete response of our own. */
export interface OwnAnswer {
  readonly status: number
  readonly reason: string
  readonly retryAfterMs?: Millis
  readonly location?: string
  /** The ordered disturbance that made it. */
  readonly fault?: string
  readonly connection: 'keep-alive' | 'close'
  /** A response to HEAD has the fields of the body, and no body. */
  readonly body: 'sent' | 'omitted'
}

/** The response as latin1 text: a line of plain text that says why, and the same in a field for programs. */
export function formatAnswer(answer: OwnAnswer): string {
  const text = printable(answer.reason)
  const body = `${text}\n`
  const retry = answer.retryAfterMs === undefined ? '' : `Retry-After: ${Math.max(1, Math.ceil(answer.retryAfterMs / 1000))}\r\n`
  const fault = answer.fault === undefined ? '' : `X-Minipaas-Fault: ${printable(answer.fault)}\r\n`
  const location = answer.location === undefined ? '' : `Location: ${answer.location}\r\n`
  return (
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Error'}\r\n` +
    `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\n` +
    `X-Minipaas-Reason: ${text}\r\n${fault}${retry}${location}Cache-Control: no-store\r\nConnection: ${answer.connection}\r\n\r\n` +
    (answer.body === 'sent' ? body : '')
  )
}

/** One line of ASCII: safe in a field, and as long in bytes as in characters. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 1000)
}
