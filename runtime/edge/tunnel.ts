import type { Socket } from 'node:net'
import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Instant, type Millis } from '../../src/kernel/instant.ts'
import type { Backend, Drainable } from './backend.ts'
import { isFull } from './progress.ts'
import type { Upstream } from './upstream.ts'
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts'
import { FrameWalker, GOING_AWAY, GOING_AWAY_MASKED } from './websocket-frames.ts'

/** After a close frame was sent, the other side has this long to answer it. */
const CLOSE_MS: Millis = 1000
/** A connection of an unknown protocol on a draining replica ends when nothing was sent for so long ... */
const QUIET_MS: Millis = 250
/** ... and at the latest after this. */
const DRAIN_MS: Millis = 5000

export interface TunnelParts {
  readonly client: Socket
  readonly connection: UpstreamConnection
  readonly backend: Backend
  readonly upstream: Upstream
  readonly clock: Clock
  readonly protocol: 'websocket' | 'unknown'
  /** Called once, with the bytes that were read from the client and from the replica. */
  readonly onOver: (bytesIn: number, bytesOut: number) => void
  /** Ends without a byte either way for so long. */
  readonly idleMs?: Millis | undefined
}

/** Two connected sockets whose bytes are passed on as they are, with half-close and back-pressure both ways. */
export class Tunnel implements UpstreamUser, Drainable {
  readonly upstream: Upstream
  readonly #parts: TunnelParts
  readonly #frames: { readonly down: FrameWalker; readonly up: FrameWalker } | undefined
  #clientEnded = false
  #upstreamEnded = false
  #over = false
  #state: 'open' | 'draining' | 'closing' = 'open'
  #lastBytes: Instant
  #timer: Disposable | undefined
  #bytesIn = 0
  #bytesOut = 0
  #idle: Disposable | undefined

  constructor(parts: TunnelParts) {
    this.#parts = parts
    this.upstream = parts.upstream
    this.#frames = parts.protocol === 'websocket' ? { down: new FrameWalker(), up: new FrameWalker() } : undefined
    this.#lastBytes = parts.clock.now()
  }

  /** Takes over the connection; `rest` are the replica's first bytes. */
  start(rest: Buffer): void {
    const { backend, connection } = this.#parts
    backend.tunnels.add(this)
    backend.counters.joined()
    this.upstream.counters.joined()
    connection.user = this
    this.upstream.handOver(connection)
    if (rest.length > 0) this.onUpstreamData(connection, rest, rest.length)
    if (this.#parts.idleMs !== undefined) this.#watchIdle(this.#parts.idleMs)
    if (this.upstream.load.draining) this.drain()
  }

  onClientData(chunk: Buffer): void {
    const { backend, connection, client } = this.#parts
    backend.counters.bytesIn += chunk.length
    this.upstream.counters.bytesIn += chunk.length
    this.#bytesIn += chunk.length
    this.#lastBytes = this.#parts.clock.now()
    this.#frames?.up.walk(chunk, 0, chunk.length, 'end')
    if (this.#state === 'closing') {
      if (this.#frames?.up.closing === true) this.#endBoth()
      return
    }
    connection.socket.write(chunk)
    if (isFull(connection.socket)) client.pause()
  }

  onUpstreamData(connection: UpstreamConnection, buffer: Buffer, length: number): void {
    if (this.#state === 'closing') return
    const { backend, client } = this.#parts
    backend.counters.bytesOut += length
    this.upstream.counters.bytesOut += length
    this.#bytesOut += length
    this.#lastBytes = this.#parts.clock.now()
    const end = this.#frames?.down.walk(buffer, 0, length, this.#state === 'draining' ? 'boundary' : 'end') ?? length
    client.write(buffer.subarray(0, end))
    connection.sentTo(client)
    if (this.#state === 'draining' && this.#frames?.down.atBoundary === true) this.#sayGoingAway()
    else if (isFull(client)) connection.socket.pause()
  }

  onConnected(): void {}

  onConnectFailed(): void {}

  onUpstreamDrain(): void {
    this.#parts.client.resume()
  }

  onClientDrain(): void {
    this.#parts.connection.socket.resume()
  }

  onUpstreamEnd(error: string | undefined): void {
    if (error !== undefined) {
      this.#parts.client.destroy()
      this.#close()
      return
    }
    this.#upstreamEnded = true
    this.#parts.client.end()
    if (this.#clientEnded) this.#close()
  }

  onClientEnd(): void {
    this.#clientEnded = true
    this.#parts.connection.socket.end()
    if (this.#upstreamEnded) this.#close()
  }

  onClientClosed(): void {
    this.#close()
  }

  /** The replica goes: a WebSocket is told so, anything else ends as soon as it is quiet. */
  drain(): void {
    if (this.#state !== 'open') return
    this.#state = 'draining'
    if (this.#frames?.down.atBoundary === true) this.#sayGoingAway()
    else this.#waitForQuiet(after(this.#parts.clock.now(), this.#frames === undefined ? DRAIN_MS : CLOSE_MS))
  }

  #sayGoingAway(): void {
    const { client, connection, clock } = this.#parts
    this.#state = 'closing'
    client.write(GOING_AWAY)
    if (this.#frames?.up.atBoundary === true) connection.socket.write(GOING_AWAY_MASKED)
    this.#timer?.[Symbol.dispose]()
    this.#timer = clock.at(after(clock.now(), CLOSE_MS), () => this.#endBoth())
  }

  #waitForQuiet(latest: Instant): void {
    const { clock } = this.#parts
    const quietAt = after(this.#lastBytes, QUIET_MS)
    const now = clock.now()
    if (now >= latest || (this.#frames === undefined && now >= quietAt)) {
      this.#endBoth()
      return
    }
    const next = this.#frames === undefined && quietAt < latest ? quietAt : latest
    this.#timer = clock.at(next, () => this.#waitForQuiet(latest))
  }

  #watchIdle(idleMs: Millis): void {
    const { clock } = this.#parts
    this.#idle = clock.at(after(this.#lastBytes, idleMs), () => {
      if (after(this.#lastBytes, idleMs) <= clock.now()) this.#endBoth()
      else this.#watchIdle(idleMs)
    })
  }

  #endBoth(): void {
    const { client, connection, clock } = this.#parts
    this.#state = 'closing'
    client.end()
    connection.socket.end()
    this.#timer?.[Symbol.dispose]()
    this.#timer = clock.at(after(clock.now(), CLOSE_MS), () => {
      client.destroy()
      this.#close()
    })
  }

  #close(): void {
    if (this.#over) return
    this.#over = true
    const { backend, connection, client } = this.#parts
    this.#timer?.[Symbol.dispose]()
    this.#idle?.[Symbol.dispose]()
    backend.tunnels.delete(this)
    connection.user = undefined
    if (connection.socket.writableLength > 0 && !client.destroyed) connection.socket.destroySoon()
    else connection.destroy()
    backend.counters.open--
    this.upstream.counters.open--
    backend.leave(this.upstream)
    this.#parts.onOver(this.#bytesIn, this.#bytesOut)
  }
}
