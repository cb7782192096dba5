import { type ClientHttp2Session, connect } from 'node:http2'
import { isIPv6, connect as openSocket, type Socket } from 'node:net'
import type { Instant } from '../../../src/kernel/instant.ts'
import { Liveness } from './liveness.ts'

/** What may be on its way on one stream before it is read. Large answers are little quicker with more than the 64 KB of node:http2, and 1 MB for each call is much memory. */
export const STREAM_WINDOW = 256 * 1024
/** Bytes of all calls of a session that node:http2 may keep before it refuses new ones (its default is 10 MB). */
const SESSION_MEGABYTES = 256
/** Until a server says how many calls it takes at once. Source: RFC 9113, 6.5.2 recommends no fewer. */
const FIRST_CONCURRENT = 100

export interface SessionOwner {
  /** The server has sent its settings: it speaks HTTP/2. */
  onReady(session: UpstreamSession): void
  /** One of its calls has ended. */
  onReleased(session: UpstreamSession): void
  onClosed(session: UpstreamSession): void
}

/** One HTTP/2 connection to a replica. */
export class UpstreamSession {
  readonly session: ClientHttp2Session
  /** Calls that run. */
  open = 0
  idleSince: Instant | undefined
  ready = false
  /** Why the connection is no longer there, as opposed to a reset of one call. */
  broken: string | undefined
  readonly #owner: SessionOwner
  readonly #socket: Socket
  readonly #liveness: Liveness
  #answered = false

  constructor(address: { readonly host: string; readonly port: number }, owner: SessionOwner) {
    const { host, port } = address
    this.#owner = owner
    this.#socket = openSocket({ host, port, noDelay: true })
    // Before those of node:http2, so that calls which end with the connection find the reason.
    this.#socket
      .on('error', (error: NodeJS.ErrnoException) => this.#break(error.code ?? error.message))
      .on('close', () => this.#break('closed'))
    this.session = connect(`http://${isIPv6(host) ? `[${host}]` : host}:${port}`, {
      createConnection: () => this.#socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
      peerMaxConcurrentStreams: FIRST_CONCURRENT,
      maxSessionMemory: SESSION_MEGABYTES,
    })
    this.#liveness = new Liveness({ session: this.session, socket: this.#socket })
    this.session
      .on('remoteSettings', () => {
        if (this.ready || this.broken !== undefined) return
        this.ready = true
        owner.onReady(this)
      })
      .on('goaway', (code) => {
        if (code !== 0) this.#break(`GOAWAY with error ${code}`)
      })
      .on('error', (error: NodeJS.ErrnoException) => this.#break(error.message))
      .on('close', () => {
        this.#break('closed')
        owner.onClosed(this)
      })
  }

  /** Whether a server was there that said something, whatever it was. */
  get answered(): boolean {
    return this.#answered || this.#socket.bytesRead > 0
  }

  /** Calls that may be added. */
  get room(): number {
    if (!this.ready || this.broken !== undefined || this.session.closed || this.session.destroyed) return 0
    return (this.session.remoteSettings.maxConcurrentStreams ?? FIRST_CONCURRENT) - this.open
  }

  look(): void {
    if (!this.session.destroyed) this.#liveness.look()
  }

  release(): void {
    this.open--
    this.#owner.onReleased(this)
  }

  close(): void {
    this.session.close()
  }

  destroy(reason: string): void {
    this.#break(reason)
    this.session.destroy()
  }

  #break(reason: string): void {
    if (this.#socket.bytesRead > 0) this.#answered = true
    this.broken ??= reason
  }
}
