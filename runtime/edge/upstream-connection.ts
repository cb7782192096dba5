import { connect, type Socket } from 'node:net'
import type { Instant, Millis } from '../../src/kernel/instant.ts'

const SMALL_READ = 8 * 1024
const LARGE_READ = 64 * 1024

/** Who uses a connection to a replica. The bytes of `onUpstreamData` are valid during the call only, unless written to a socket that `sentTo` is told of. */
export interface UpstreamUser {
  onConnected(connection: UpstreamConnection): void
  onConnectFailed(reason: string): void
  onUpstreamData(connection: UpstreamConnection, buffer: Buffer, length: number): void
  onUpstreamDrain(): void
  /** The replica has ended its side; without an error more could still be sent to it. */
  onUpstreamEnd(error: string | undefined): void
}

/** What a pool does with connections that nobody uses. */
export interface ConnectionOwner {
  onOpen(connection: UpstreamConnection): void
  onOpenFailed(reason: string): void
  onIdleClosed(connection: UpstreamConnection): void
  /** Whoever used it, and also when it was never open. */
  onClosed(connection: UpstreamConnection): void
}

/** One socket to a replica, read into a buffer of its own that is used again while nothing holds on to it. */
export class UpstreamConnection {
  readonly socket: Socket
  user: UpstreamUser | undefined
  /** Has carried a request before: it may have been closed by the other side just now. */
  reused = false
  /** Is one of those that its owner keeps few. */
  counted = true
  idleSince: Instant | undefined
  /** How long the server keeps an idle connection, when it said so. */
  idleMs: Millis | undefined
  readonly #owner: ConnectionOwner
  #buffer: Buffer = Buffer.allocUnsafeSlow(SMALL_READ)
  #opened = false
  #ended = false
  #error: string | undefined

  constructor(address: { readonly host: string; readonly port: number }, owner: ConnectionOwner) {
    this.#owner = owner
    this.socket = connect({
      host: address.host,
      port: address.port,
      noDelay: true,
      allowHalfOpen: true,
      onread: { buffer: () => this.#buffer, callback: (length) => this.#onRead(length) },
    })
    this.socket
      .on('connect', () => {
        this.#opened = true
        owner.onOpen(this)
      })
      .on('drain', () => this.user?.onUpstreamDrain())
      .on('error', (error: NodeJS.ErrnoException) => {
        this.#error = error.code ?? error.message
      })
      .on('end', () => this.#onEnd())
      .on('close', () => this.#onClose())
  }

  /** Tells that read bytes were written to a socket: if it still holds them, the next read goes to another buffer. */
  sentTo(socket: Socket): void {
    if (socket.writableLength > 0) this.#buffer = Buffer.allocUnsafeSlow(this.#buffer.length)
  }

  destroy(reason?: string): void {
    if (reason !== undefined) this.#error = reason
    this.socket.destroy()
  }

  #onRead(length: number): boolean {
    const buffer = this.#buffer
    const { user } = this
    if (user === undefined) {
      // Nobody asked for these bytes: whatever they are, they are not an answer.
      this.socket.destroy()
      return false
    }
    user.onUpstreamData(this, buffer, length)
    if (buffer === this.#buffer) this.#fit(length)
    return true
  }

  /** Many idle connections must be small, a busy one fast. */
  #fit(length: number): void {
    if (length === SMALL_READ && this.#buffer.length === SMALL_READ) this.#buffer = Buffer.allocUnsafeSlow(LARGE_READ)
    else if (length < SMALL_READ && this.#buffer.length === LARGE_READ && this.user === undefined)
      this.#buffer = Buffer.allocUnsafeSlow(SMALL_READ)
  }

  #onEnd(): void {
    if (this.#ended) return
    this.#ended = true
    if (this.user === undefined) this.socket.destroy()
    else this.user.onUpstreamEnd(undefined)
  }

  #onClose(): void {
    this.#tellClosed()
    this.#owner.onClosed(this)
  }

  #tellClosed(): void {
    if (!this.#opened) {
      this.#owner.onOpenFailed(this.#error ?? 'closed')
      return
    }
    if (this.user === undefined) {
      this.#owner.onIdleClosed(this)
      return
    }
    if (this.#ended && this.#error === undefined) return
    this.#ended = true
    this.user.onUpstreamEnd(this.#error ?? 'closed')
  }
}
