import type { ClientSide } from '../client-side.ts'
import { dropFields } from './head-lines.ts'
import type { RequestHead } from './request-head.ts'
import { traceparentOf } from './traceparent.ts'

/** A `traceparent` that is not valid says nothing, and a `tracestate` without one is discarded. Source: W3C Trace Context, level 1, 4.2 and 3.3. */
const TRACE_FIELDS = ['traceparent', 'tracestate']

/** Names for requests that have none. */
export interface NewIds {
  readonly nextRequestId: () => string
  readonly nextTraceId: () => string
}

/**
 * The head sent to a replica for a request that came to the listener of the routes. Existing fields of a proxy before us are kept,
 * and so is a valid `traceparent`; where there is none a trace begins here. The ids are left in the head.
 */
export function formatRoutedHead(head: RequestHead, client: ClientSide, ids: NewIds): string {
  const { has } = head
  let text = formatStart(head, head.trace === 'invalid' ? dropFields(head.fields, TRACE_FIELDS) : head.fields)
  text += head.forwardedFor === undefined && !has.proto && !has.port ? client.lines : missingLines(head, client)
  if (!has.host && head.host !== '') text += `X-Forwarded-Host: ${head.host}\r\n`
  if (!has.requestId) {
    head.requestId ??= ids.nextRequestId()
    text += `X-Request-Id: ${head.requestId}\r\n`
  }
  if (head.trace !== 'valid') {
    head.traceId ??= ids.nextTraceId()
    text += `traceparent: ${traceparentOf(head.traceId)}\r\n`
  }
  return `${text}\r\n`
}

/** The same for a request to a service address or a published port: these are addresses, not proxies, and add nothing. */
export function formatPlainHead(head: RequestHead): string {
  const chain = head.forwardedFor === undefined ? '' : `X-Forwarded-For: ${head.forwardedFor}\r\n`
  return `${formatStart(head, head.fields)}${chain}\r\n`
}

function missingLines({ forwardedFor, has }: RequestHead, client: ClientSide): string {
  const chain = forwardedFor === undefined ? client.address : `${forwardedFor}, ${client.address}`
  const proto = has.proto ? '' : `X-Forwarded-Proto: ${client.scheme}\r\n`
  const port = has.port ? '' : `X-Forwarded-Port: ${client.port}\r\n`
  return `X-Forwarded-For: ${chain}\r\n${proto}${port}`
}

function formatStart(head: RequestHead, fields: string): string {
  let text = `${head.method} ${head.target} HTTP/1.1\r\n${fields}`
  if (head.host === '' && head.minor === 0) text += 'Host: \r\n'
  if (head.chunked) text += 'Transfer-Encoding: chunked\r\n'
  if (head.upgrade !== undefined) text += `Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n`
  return text
}
