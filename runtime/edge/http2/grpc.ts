import type { IncomingHttpHeaders } from 'node:http2'
import type { Millis } from '../../../src/kernel/instant.ts'
import type { Answer } from '../backend.ts'

/** Status codes that we give or count. Source: gRPC, statuscodes. */
const UNKNOWN = 2
const DEADLINE_EXCEEDED = 4
const UNIMPLEMENTED = 12
const INTERNAL = 13
export const UNAVAILABLE = 14
const DATA_LOSS = 15

/** gRPC itself, with any codec; not gRPC-Web, whose trailers are in the body. Source: gRPC over HTTP/2, Requests. */
export function isGrpc(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type']
  if (type?.startsWith('application/grpc') !== true) return false
  const next = type.charCodeAt(16)
  return Number.isNaN(next) || next === 43 || next === 59
}

const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 0.001, n: 0.000_001 }

/** How long the caller waits, from `grpc-timeout`; undefined without a limit. Source: gRPC over HTTP/2, Timeout. */
export function readTimeout(headers: IncomingHttpHeaders): Millis | undefined {
  const text = headers['grpc-timeout']
  if (typeof text !== 'string') return undefined
  const match = /^(\d{1,8})([HMSmun])$/.exec(text)
  const unit = UNIT_MS[match?.[2] ?? '']
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit
}

/**
 * The gRPC status for an answer of our own. A hold that ended with the caller's own deadline is DEADLINE_EXCEEDED; one that ended
 * with ours is UNAVAILABLE: the caller may try again. The others follow gRPC's mapping of HTTP statuses.
 */
export function grpcStatusOf(answer: Answer, deadline: 'own' | 'none'): number {
  if (answer.status === 504 && deadline === 'own') return DEADLINE_EXCEEDED
  if (answer.status === 404) return UNIMPLEMENTED
  if (answer.status === 400) return INTERNAL
  return answer.status === 429 || (answer.status >= 502 && answer.status <= 504) ? UNAVAILABLE : UNKNOWN
}

/** `grpc-message`: UTF-8 with everything but printable ASCII percent-encoded. Source: gRPC over HTTP/2, Responses. */
export function encodeMessage(text: string): string {
  return text.replace(/[^\x20-\x24\x26-\x7e]+/g, (part) =>
    Array.from(Buffer.from(part), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

/**
 * The HTTP status under which a finished call is counted: what is the server's fault (UNKNOWN, DEADLINE_EXCEEDED, INTERNAL,
 * UNAVAILABLE, DATA_LOSS) as 5xx, every other failure as 4xx. A call without a status at all is one of the server's faults.
 */
export function countedStatus(grpcStatus: unknown): number {
  switch (Number(grpcStatus ?? UNKNOWN)) {
    case 0:
      return 200
    case UNKNOWN:
    case INTERNAL:
    case DATA_LOSS:
      return 500
    case DEADLINE_EXCEEDED:
      return 504
    case UNAVAILABLE:
      return 503
    default:
      return 400
  }
}
