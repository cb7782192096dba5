import type { RequestHead } from './request-head.ts'

/** What the edge knows of the client's side of a request. */
export interface ClientSide {
  readonly address: string
  readonly port: number
  readonly scheme: 'http' | 'https'
}

/** The head sent to a replica for a request that came to the listener of the routes. Existing fields of a proxy before us are kept. */
export function formatRoutedHead(head: RequestHead, client: ClientSide, nextRequestId: () => string): string {
  const { has } = head
  const chain = head.forwardedFor === undefined ? client.address : `${head.forwardedFor}, ${client.address}`
  let text = `${formatStart(head)}X-Forwarded-For: ${chain}\r\n`
  if (!has.proto) text += `X-Forwarded-Proto: ${client.scheme}\r\n`
  if (!has.host && head.host !== '') text += `X-Forwarded-Host: ${head.host}\r\n`
  if (!has.port) text += `X-Forwarded-Port: ${client.port}\r\n`
  if (!has.requestId) text += `X-Request-Id: ${nextRequestId()}\r\n`
  return `${text}\r\n`
}

/** The same for a request to a service address or a published port: these are addresses, not proxies, and add nothing. */
export function formatPlainHead(head: RequestHead): string {
  const chain = head.forwardedFor === undefined ? '' : `X-Forwarded-For: ${head.forwardedFor}\r\n`
  return `${formatStart(head)}${chain}\r\n`
}

function formatStart(head: RequestHead): string {
  let text = `${head.method} ${head.target} HTTP/1.1\r\n${head.fields}`
  if (head.host === '' && head.minor === 0) text += 'Host: \r\n'
  if (head.chunked) text += 'Transfer-Encoding: chunked\r\n'
  if (head.upgrade !== undefined) text += `Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n`
  return text
}
