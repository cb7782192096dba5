import { type IncomingHttpHeaders, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { after, type Instant, type Millis } from '../../../src/kernel/instant.ts'
import type { Answer } from '../backend.ts'
import { ClientSide } from '../client-side.ts'
import type { HttpClient, HttpService } from '../http-client.ts'
import { Call } from './call.ts'
import { addForwarded, CallHead, changeCall } from './call-head.ts'
import { lineOf, protocolOf } from './call-record.ts'
import { END_STREAM } from './frames.ts'
import { Liveness } from './liveness.ts'
import { refuse } from './own-answer.ts'
import { STREAM_WINDOW } from './upstream-session.ts'

/** A channel of gRPC may be silent for long. Source: Envoy, idle_timeout of connections, 1 h. */
const IDLE_MS: Millis = 3_600_000
/** Calls of one client at once, waiting ones included. */
const MAX_CONCURRENT = 1024
/** Bytes of all calls of a session that node:http2 may keep before it refuses new ones (its default is 10 MB). */
const SESSION_MEGABYTES = 64

/** One client connection that speaks HTTP/2: each of its calls goes its own way. */
export class Http2Client {
  readonly #session: ServerHttp2Session
  readonly #socket: HttpClient['socket']
  readonly #liveness: Liveness
  readonly #service: HttpService
  readonly #side: ClientSide
  #open = 0
  #idleAt: Instant

  /** `first` are the bytes read so far, from the preface on; the socket has no listeners any more. */
  constructor(socket: HttpClient['socket'], first: Buffer, service: HttpService, onClosed: (client: Http2Client) => void) {
    this.#socket = socket
    this.#service = service
    this.#side = ClientSide.of(socket, service.scheme)
    this.#idleAt = after(service.clock.now(), IDLE_MS)
    // node:http2 takes what a paused socket holds before what comes.
    socket.pause()
    if (first.length > 0) socket.unshift(first)
    this.#session = performServerHandshake(socket, {
      settings: { maxConcurrentStreams: MAX_CONCURRENT, initialWindowSize: STREAM_WINDOW },
      maxSessionMemory: SESSION_MEGABYTES,
    })
    // node:http2 waits for this event of a TLS socket that no server of node:tls accepted, although its handshake is over.
    if (service.scheme === 'https') socket.emit('secureConnect')
    // Sockets here may be half-open, and node:http2 looks at their close only: a client that ends its side is gone, as with HTTP/1.
    socket.once('end', () => this.#session.destroy())
    this.#session
      .on('stream', (stream, headers, flags) => this.#onStream(stream, headers, flags))
      // node:http2 has told the client by GOAWAY and ends the connection: `close` follows.
      .on('error', () => {})
      .on('close', () => onClosed(this))
    this.#liveness = new Liveness({ session: this.#session, socket })
  }

  /** Says GOAWAY: what runs ends, and the connection with it. */
  closeWhenIdle(): void {
    this.#session.close()
  }

  destroy(): void {
    this.#session.destroy()
    this.#socket.destroy()
  }

  sweep(now: Instant): void {
    if (this.#session.destroyed) {
      // All was said, and the client does not close its side.
      if (this.#socket.writableFinished) this.#socket.destroy()
      return
    }
    if (this.#open === 0 && now >= this.#idleAt) this.#session.close()
    else this.#liveness.look()
  }

  #onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number): void {
    // Its `close` tells all there is to do; without a listener an error would end the edge.
    stream.on('error', () => {})
    // Told of in the next turn: a client may have reset it already.
    if (stream.closed || stream.destroyed) return
    const { clock, manner } = this.#service
    this.#open++
    stream.on('close', () => {
      this.#open--
      this.#idleAt = after(clock.now(), IDLE_MS)
    })
    const head = new CallHead(headers, (flags & END_STREAM) === 0 ? 'follows' : 'none')
    const destination = findFault(headers) ?? this.#service.route(head)
    if (!('backend' in destination)) {
      this.#note(destination, headers)
      refuse(stream, headers, destination)
      return
    }
    if (manner === 'proxy') addForwarded(headers, this.#side, this.#service)
    if (destination.effects !== undefined) changeCall(headers, destination.effects)
    new Call({ stream, headers, flags, client: this.#side.address }, destination, clock).enter()
  }

  /** A call that was answered before it came to a gate. */
  #note({ status, reason }: Answer, headers: IncomingHttpHeaders): void {
    this.#service.requests.add({
      at: this.#service.clock.now(),
      backend: this.#service.backend()?.spec,
      replica: undefined,
      client: this.#side.address,
      protocol: protocolOf(headers),
      line: lineOf(headers),
      status,
      waitedMs: 0,
      tookMs: 0,
      bytesIn: 0,
      bytesOut: 0,
      reason,
    })
  }
}

/** What node:http2 lets pass and we do not. */
function findFault(headers: IncomingHttpHeaders): Answer | undefined {
  const { ':authority': authority, host } = headers
  if (headers[':method'] === 'CONNECT') return { status: 405, reason: 'this is not a forward proxy' }
  // RFC 9113, 8.3.1: who reads one must not be led elsewhere than who reads the other.
  if (authority !== undefined && host !== undefined && authority !== host) return { status: 400, reason: 'Host and :authority differ' }
  return undefined
}
