import { type Instant, instant, type Millis } from '../../src/kernel/instant.ts'
import type { EdgeBackend, RequestProtocol, RequestRecord } from '../../src/model/edge.ts'
import type { ReplicaId } from '../../src/model/names.ts'
import { pathOf } from '../../src/routing/match.ts'
import { TextSlots } from './text-slots.ts'

/** Requests that are remembered for whoever asks later. */
const REMEMBERED_REQUESTS = 1000
/** Longest part of a head that is kept, in characters. */
const MAX_PART = 1024

/** What is kept of a request's head. */
export interface RequestLine {
  readonly method: string
  readonly host: string
  /** With its query, which is not told. */
  readonly target: string
  readonly traceId?: string | undefined
  readonly requestId?: string | undefined
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

/** What a remembered request points to; all of it lives longer than the request. */
interface Pointers {
  backend: EndedRequest['backend']
  replica: EndedRequest['replica']
  client: EndedRequest['client']
  protocol: EndedRequest['protocol']
  reason: EndedRequest['reason']
}

/** Numbers of a remembered request: time, status, waited, took, bytes in and out, and the lengths of the five parts of its text. */
const NUMBERS = 11
const NO_STATUS = -1

/**
 * The last requests that have ended; a new one takes the place of the oldest. What is kept of them lies in memory that was allocated once:
 * a thousand objects that live a moment longer than all others are what a garbage collector is slowest with.
 */
export class RequestRing implements RequestLog {
  readonly #run: string
  readonly #capacity: number
  readonly #numbers: Float64Array
  readonly #texts: TextSlots
  readonly #pointers: readonly Pointers[]
  #added = 0

  /** `run` is a text unlike that of every other edge. */
  constructor(run: string, capacity = REMEMBERED_REQUESTS) {
    this.#run = run
    this.#capacity = capacity
    this.#numbers = new Float64Array(capacity * NUMBERS)
    this.#texts = new TextSlots(capacity)
    this.#pointers = Array.from({ length: capacity }, noPointers)
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
    const slot = this.#added++ % this.#capacity
    const pointers = this.#pointers[slot]
    if (pointers === undefined) return
    pointers.backend = request.backend
    pointers.replica = request.replica
    pointers.client = request.client
    pointers.protocol = request.protocol
    pointers.reason = request.reason
    const numbers = this.#numbers
    const first = slot * NUMBERS
    numbers[first] = request.at
    numbers[first + 1] = request.status ?? NO_STATUS
    numbers[first + 2] = request.waitedMs
    numbers[first + 3] = request.tookMs
    numbers[first + 4] = request.bytesIn
    numbers[first + 5] = request.bytesOut
    const { line } = request
    const method = line === undefined ? '' : kept(line.method)
    const host = line === undefined ? '' : kept(line.host)
    const path = line === undefined ? '' : kept(pathOf(line.target))
    const traceId = line?.traceId === undefined ? '' : kept(line.traceId)
    const requestId = line?.requestId === undefined ? '' : kept(line.requestId)
    numbers[first + 6] = method.length
    numbers[first + 7] = host.length
    numbers[first + 8] = path.length
    numbers[first + 9] = traceId.length
    numbers[first + 10] = requestId.length
    this.#texts.set(slot, method + host + path + traceId + requestId)
  }

  /** Those from the number `from` (the first is 0) up to `to`, without it, that are still remembered. */
  records(from: number, to: number): readonly RequestRecord[] {
    const records: RequestRecord[] = []
    for (let number = Math.max(from, this.forgotten); number < Math.min(to, this.#added); number++) {
      const pointers = this.#pointers[number % this.#capacity]
      if (pointers !== undefined) records.push(this.#record(number, pointers))
    }
    return records
  }

  #record(number: number, { backend, replica, client, protocol, reason }: Pointers): RequestRecord {
    const slot = number % this.#capacity
    const [at = 0, status = NO_STATUS, waitedMs = 0, tookMs = 0, bytesIn = 0, bytesOut = 0, ...lengths] = this.#numbers.subarray(
      slot * NUMBERS,
      (slot + 1) * NUMBERS,
    )
    const [method = '', host = '', path = '', traceId = '', requestId = ''] = cut(this.#texts.get(slot), lengths)
    return {
      id: `${this.#run}.${number + 1}`,
      at: instant(at),
      ...(backend === undefined ? {} : { app: backend.app, component: backend.component, port: portOf(backend.id) }),
      ...(replica === undefined ? {} : { replica }),
      client,
      protocol,
      ...(method === '' ? {} : { method, host, path }),
      ...(status === NO_STATUS ? {} : { status }),
      waitedMs: Math.round(waitedMs),
      tookMs: Math.round(tookMs),
      bytesIn,
      bytesOut,
      ...(traceId === '' ? {} : { traceId }),
      ...(requestId === '' ? {} : { requestId }),
      ...(reason === undefined ? {} : { reason }),
    }
  }
}

function noPointers(): Pointers {
  return { backend: undefined, replica: undefined, client: '', protocol: 'tcp', reason: undefined }
}

function kept(part: string): string {
  return part.length > MAX_PART ? part.slice(0, MAX_PART) : part
}

function cut(text: string, lengths: readonly number[]): string[] {
  let end = 0
  return lengths.map((length) => {
    end += length
    return text.slice(end - length, end)
  })
}

/** Source of the form: `backendId`. */
function portOf(backend: string): number {
  return Number(backend.slice(backend.lastIndexOf(':') + 1))
}
