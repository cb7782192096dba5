import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Instant, type Millis } from '../../../src/kernel/instant.ts'
import { formatAnswer } from '../http/answer.ts'

/** Protocols that clients may choose from, the best first. */
const OFFERED = ['h2', 'http/1.1']
/** From accept to the end of the handshake. Source: nginx, client_header_timeout = 60 s covers the handshake. */
const HANDSHAKE_MS: Millis = 60_000
/** How long a client that was refused may take to read why. */
const LINGER_MS: Millis = 2000
/** Content type of the record that begins every TLS connection. Source: RFC 8446, 5.1 (handshake). */
const HANDSHAKE_RECORD = 22

export interface HandshakeHooks {
  readonly clock: Clock
  /** The certificate for a server name, or for a client that gives none. */
  readonly find: (name: string | undefined) => SecureContext | undefined
  readonly onSecure: (socket: TLSSocket, protocol: 'http/1.1' | 'h2') => void
  /** The connection ended before it was secure. */
  readonly onClosed: () => void
}

/** An accepted connection until its handshake is over: from then on it is a socket like any other. */
export class Handshake {
  readonly #raw: Socket
  readonly #hooks: HandshakeHooks
  #secure: TLSSocket | undefined
  #deadline: Instant
  #over = false

  constructor(raw: Socket, hooks: HandshakeHooks) {
    this.#raw = raw
    this.#hooks = hooks
    this.#deadline = after(hooks.clock.now(), HANDSHAKE_MS)
    raw.on('readable', this.#onReadable).on('end', this.#onEnd).on('error', this.#onEnd).on('close', this.#onClose)
  }

  closeWhenIdle(): void {
    this.destroy()
  }

  destroy(): void {
    this.#secure?.destroy()
    this.#raw.destroy()
  }

  sweep(now: Instant): void {
    if (now >= this.#deadline) this.destroy()
  }

  /** The first bytes tell TLS from a client that has the wrong port. They are put back: the handshake is the TLS socket's. */
  readonly #onReadable = (): void => {
    const first = this.#raw.read() as Buffer | null
    if (first === null) return
    this.#raw.off('readable', this.#onReadable)
    if (first[0] === HANDSHAKE_RECORD) {
      this.#raw.unshift(first)
      this.#begin()
    } else if (isLetter(first[0] ?? 0)) this.#refusePlain()
    else this.destroy()
  }

  #begin(): void {
    const { find, onSecure } = this.#hooks
    const fallback = find(undefined)
    if (fallback === undefined) {
      this.destroy()
      return
    }
    const secure = new TLSSocket(this.#raw, {
      isServer: true,
      secureContext: fallback,
      ALPNProtocols: OFFERED,
      SNICallback: (name, done) => done(null, find(name)),
    })
    this.#secure = secure
    secure.on('end', this.#onEnd).on('error', this.#onEnd)
    secure.once('secure', () => {
      this.#over = true
      this.#raw.off('end', this.#onEnd).off('close', this.#onClose)
      secure.off('end', this.#onEnd).off('error', this.#onEnd)
      onSecure(secure, secure.alpnProtocol === 'h2' ? 'h2' : 'http/1.1')
    })
  }

  /** Says what is wrong in the words of the client's protocol, as nginx does. */
  #refusePlain(): void {
    const reason = 'this port speaks TLS: ask with https:// instead of http://'
    this.#deadline = after(this.#hooks.clock.now(), LINGER_MS)
    this.#raw.off('end', this.#onEnd).on('end', () => this.#raw.destroySoon())
    this.#raw.resume()
    this.#raw.end(formatAnswer({ status: 400, reason, connection: 'close', body: 'sent' }), 'latin1')
  }

  readonly #onEnd = (): void => {
    this.destroy()
  }

  readonly #onClose = (): void => {
    if (this.#over) return
    this.#over = true
    this.#secure?.destroy()
    this.#hooks.onClosed()
  }
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
}
