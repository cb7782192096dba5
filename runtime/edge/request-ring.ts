import type { Instant, Millis } from '../../src/kernel/instant.ts'
import type { EdgeBackend, RequestProtocol, RequestRecord } from '../../src/model/edge.ts'
import type { ReplicaId } from '../../src/model/names.ts'
import { pathOf } from '../../src/routing/match.ts'

/** Requests that are remembered for whoever asks later. */
const REMEMBERED_REQUESTS = 1000
/** The strings of a head are parts of its text and keep all of it in memory: those of a longer one are copied. */
const MAX_KEPT_TEXT = 4096
/** Longest path that is kept of a long head, and that is told of any, in characters. */
const MAX_PATH = 1024

/** What is kept of a request's head. */
export interface RequestLine {
  readonly method: string
  readonly host: string
  /** With its query, which is not told. */
  readonly target: string
  readonly traceId?: string | undefined
  readonly requestId?: string | undefined
  /** Length of the text that these strings are parts of. */
  readonly textLength?: number | undefined
}

/** A request, or a connection joined to a replica, that has ended. One of them is made per request: nothing in it is formatted. */
export interface EndedRequest {
  readonly at: Instant
  readonly backend: Pick<EdgeBackend, 'id' | 'component' | 'app'> | undefined
  readonly replica: ReplicaId | undefined
  readonly client: string
  readonly protocol: RequestProtocol
  /** Undefined where there was none that could be read. */
  readonly line: RequestLine | undefined
  readonly status: number | undefined
  readonly waitedMs: Millis
  readonly tookMs: Millis
  readonly bytesIn: number
  readonly bytesOut: number
  readonly reason: string | undefined
}

/** Who is told of every request that has ended, whatever carried it. */
export interface RequestLog {
  add(request: EndedRequest): void
}

/** The last requests that have ended; a new one takes the place of the oldest. */
export class RequestRing implements RequestLog {
  readonly #run: string
  readonly #capacity: number
  readonly #ring: EndedRequest[] = []
  #added = 0

  /** `run` is a text unlike that of every other edge. */
  constructor(run: string, capacity = REMEMBERED_REQUESTS) {
    this.#run = run
    this.#capacity = capacity
  }

  /** How many there were. */
  get added(): number {
    return this.#added
  }

  /** How many of them are no longer remembered. */
  get forgotten(): number {
    return Math.max(0, this.#added - this.#capacity)
  }

  add(request: EndedRequest): void {
    const length = request.line?.textLength
    this.#ring[this.#added % this.#capacity] = length !== undefined && length > MAX_KEPT_TEXT ? withOwnText(request) : request
    this.#added++
  }

  /** Those from the number `from` (the first is 0) up to `to`, without it, that are still remembered. */
  records(from: number, to: number): readonly RequestRecord[] {
    const records: RequestRecord[] = []
    for (let number = Math.max(from, this.forgotten); number < Math.min(to, this.#added); number++) {
      const request = this.#ring[number % this.#capacity]
      if (request !== undefined) records.push(recordOf(request, `${this.#run}.${number + 1}`))
    }
    return records
  }
}

function recordOf(request: EndedRequest, id: string): RequestRecord {
  const { at, backend, replica, client, protocol, line, status, waitedMs, tookMs, bytesIn, bytesOut, reason } = request
  return {
    id,
    at,
    ...(backend === undefined ? {} : { app: backend.app, component: backend.component, port: portOf(backend.id) }),
    ...(replica === undefined ? {} : { replica }),
    client,
    protocol,
    ...(line === undefined ? {} : { method: line.method, host: line.host, path: pathOf(line.target).slice(0, MAX_PATH) }),
    ...(status === undefined ? {} : { status }),
    waitedMs: Math.round(waitedMs),
    tookMs: Math.round(tookMs),
    bytesIn,
    bytesOut,
    ...(line?.traceId === undefined ? {} : { traceId: line.traceId }),
    ...(line?.requestId === undefined ? {} : { requestId: line.requestId }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** Source of the form: `backendId`. */
function portOf(backend: string): number {
  return Number(backend.slice(backend.lastIndexOf(':') + 1))
}

function withOwnText(request: EndedRequest): EndedRequest {
  const { line } = request
  if (line === undefined) return request
  const { method, host, target, traceId, requestId } = line
  return {
    ...request,
    line: {
      method: ownText(method),
      host: ownText(host),
      target: ownText(pathOf(target).slice(0, MAX_PATH)),
      traceId: traceId === undefined ? undefined : ownText(traceId),
      requestId: requestId === undefined ? undefined : ownText(requestId.slice(0, MAX_PATH)),
    },
  }
}

/** The same characters in memory of their own. */
function ownText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
