import type { IncomingHttpHeaders } from 'node:http2'
import type { EndedRequest, RequestLine } from '../request-ring.ts'
import { traceOf } from './call-head.ts'
import { isGrpc } from './grpc.ts'

/** What is kept of a call's head. */
export function lineOf(headers: IncomingHttpHeaders): RequestLine {
  const requestId = headers['x-request-id']
  return {
    method: headers[':method'] ?? '',
    host: headers[':authority'] ?? headers.host ?? '',
    target: headers[':path'] ?? '',
    traceId: traceOf(headers),
    requestId: typeof requestId === 'string' ? requestId : undefined,
  }
}

export function protocolOf(headers: IncomingHttpHeaders): EndedRequest['protocol'] {
  return isGrpc(headers) ? 'grpc' : 'h2'
}
