import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Answer } from '../backend.ts'
import { printable } from '../http/answer.ts'
import { encodeMessage, grpcStatusOf, isGrpc } from './grpc.ts'

/** Answers a request that goes nowhere, in its own terms. */
export function refuse(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, answer: Answer): void {
  if (isGrpc(headers)) answerGrpc(stream, answer.reason, grpcStatusOf(answer, 'none'))
  else answerPlain(stream, headers, answer)
}

/** An answer of our own to a call of gRPC: its status and reason where clients look for them, and nothing else ("trailers only"). */
export function answerGrpc(stream: ServerHttp2Stream, reason: string, status: number): void {
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': String(status),
      'grpc-message': encodeMessage(reason),
      'x-minipaas-reason': printable(reason),
    },
    { endStream: true },
  )
  // Clients of gRPC end a call that was answered; closing would make Node 22 take back an answer without a body.
  stream.resume()
}

/** The same text and fields as an answer of HTTP/1 has, to a request with these headers. */
export function answerPlain(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, answer: Answer): void {
  const text = printable(answer.reason)
  const body = `${text}\n`
  const isHead = headers[':method'] === 'HEAD'
  stream.respond(
    {
      ':status': answer.status,
      'content-type': 'text/plain; charset=utf-8',
      'content-length': String(body.length),
      'x-minipaas-reason': text,
      ...(answer.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(answer.retryAfterMs / 1000))) }),
      ...(answer.location === undefined ? {} : { location: answer.location }),
      ...(answer.fault === undefined ? {} : { 'x-minipaas-fault': printable(answer.fault) }),
      'cache-control': 'no-store',
    },
    { endStream: isHead },
  )
  if (isHead) {
    // Nothing of such a request is to come, and closing would make Node 22 take back the answer.
    stream.resume()
    return
  }
  stream.end(body)
  dismiss(stream)
}

/** What of the request has not come yet is not wanted. Source: RFC 9113, 8.1. */
function dismiss(stream: ServerHttp2Stream): void {
  if (stream.readableEnded) return
  stream.resume()
  stream.close()
}
