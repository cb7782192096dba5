import type { Socket } from 'node:net'
import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Millis } from '../../../src/kernel/instant.ts'
import type { Backend, Drainable } from '../backend.ts'
import { clientAddress } from '../client-side.ts'
import { isFull } from '../progress.ts'
import type { Upstream } from '../upstream.ts'
import type { UpstreamConnection, UpstreamUser } from '../upstream-connection.ts'
import { FrameWalk } from './frame-walk.ts'
import { ANY_STREAM, goAway, SETTINGS } from './frames.ts'
import { SplicedCalls } from './spliced-calls.ts'

/** Bytes of a client that are kept until the replica has shown that it speaks HTTP/2; more stays in the socket. */
const READ_AHEAD = 64 * 1024
/** Calls that were on their way when the client was told to go elsewhere are still carried. */
const LEAVE_MS: Millis = 250
/** After the last GOAWAY the client has this long to close its connection. */
const CLOSE_MS: Millis = 1000

export interface CallSpliceHooks {
  readonly onClosed: () => void
  /** The connection cannot be spliced: its calls are to be carried one by one, from these first bytes on. */
  readonly onPerCall: (first: Buffer) => void
}

/**
 * A client's HTTP/2 connection joined as a whole to the only replica. When that is no longer the only one, or goes, the client is
 * told so by GOAWAY: calls that run end here, later ones come over a new connection.
 */
export class CallSplice implements UpstreamUser, Drainable {
  readonly upstream: Upstream
  readonly #socket: Socket
  readonly #backend: Backend
  readonly #clock: Clock
  readonly #hooks: CallSpliceHooks
  readonly #calls: SplicedCalls
  readonly #up: FrameWalk
  readonly #down: FrameWalk
  #connection: UpstreamConnection | undefined
  /** `asking`: the replica has the client's bytes and has not answered with SETTINGS yet. */
  #state: 'connecting' | 'asking' | 'joined' | 'closing' | 'over' = 'connecting'
  #leaving: 'no' | 'wanted' | 'said' | 'due' = 'no'
  #early: Buffer[] = []
  #earlyLength = 0
  #opening: Buffer = Buffer.alloc(0)
  #holdsLoad = false
  #isCounted = false
  #timer: Disposable | undefined

  constructor(parts: { socket: Socket; backend: Backend; upstream: Upstream; clock: Clock }, hooks: CallSpliceHooks) {
    const { socket, backend, upstream, clock } = parts
    this.upstream = upstream
    this.#socket = socket
    this.#backend = backend
    this.#clock = clock
    this.#hooks = hooks
    this.#calls = new SplicedCalls({ backend, upstream, clock, client: clientAddress(socket) })
    this.#up = new FrameWalk('client', this.#calls.onClientFrame)
    this.#down = new FrameWalk('server', this.#calls.onServerFrame)
    socket.on('data', this.#onData).on('drain', this.#onDrain).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose)
  }

  start(first: Buffer): void {
    this.#keep(first)
    this.#backend.tunnels.add(this)
    this.upstream.acquire(this, 'new')
  }

  closeWhenIdle(): void {
    this.drain()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  sweep(): void {}

  /** The replica goes, or another one is there as well. */
  drain(): void {
    if (this.#state === 'connecting') {
      this.#carryPerCall()
      return
    }
    if (this.#leaving !== 'no' || this.#state === 'closing' || this.#state === 'over') return
    this.#leaving = 'wanted'
    // Until the client has closed the connection a call may be on its way: the replica is not done before.
    this.#holdsLoad = true
    this.upstream.load.enter()
    if (this.#state === 'joined' && this.#down.atBoundary) this.#sayLeave()
  }

  spread(): void {
    this.drain()
  }

  onConnected(connection: UpstreamConnection): void {
    this.#backend.delivered(this.upstream)
    this.#connection = connection
    this.#state = 'asking'
    for (const chunk of this.#early) connection.socket.write(chunk)
  }

  onConnectFailed(): void {
    this.#carryPerCall()
  }

  onUpstreamData(connection: UpstreamConnection, buffer: Buffer, length: number): void {
    if (this.#state === 'joined') this.#pass(connection, buffer, length)
    else if (this.#state === 'asking') this.#hear(connection, buffer.subarray(0, length))
  }

  onUpstreamDrain(): void {
    if (this.#state === 'joined') this.#socket.resume()
  }

  onUpstreamEnd(error: string | undefined): void {
    if (this.#state === 'asking') {
      this.#carryPerCall()
      return
    }
    if (this.#state !== 'joined') return
    this.#calls.endAll('failed')
    if (error === undefined) this.#socket.destroySoon()
    else this.#socket.destroy()
    this.#end()
  }

  /** A server of HTTP/2 begins with SETTINGS. Source: RFC 9113, 3.4. */
  #hear(connection: UpstreamConnection, bytes: Buffer): void {
    this.#opening = Buffer.concat([this.#opening, bytes])
    const type = this.#opening[3]
    if (type === undefined) return
    if (type !== SETTINGS) {
      this.#carryPerCall()
      return
    }
    this.#state = 'joined'
    this.#backend.counters.joined()
    this.upstream.counters.joined()
    this.#isCounted = true
    for (const chunk of this.#early.splice(0)) {
      this.#countIn(chunk.length)
      this.#up.walk(chunk, 0, chunk.length, 'end')
    }
    if (!isFull(connection.socket)) this.#socket.resume()
    this.#pass(connection, this.#opening, this.#opening.length)
    this.#opening = Buffer.alloc(0)
  }

  #pass(connection: UpstreamConnection, buffer: Buffer, length: number): void {
    const client = this.#socket
    this.#backend.counters.bytesOut += length
    this.upstream.counters.bytesOut += length
    let at = 0
    if (this.#leaving === 'wanted') {
      at = this.#down.walk(buffer, 0, length, 'boundary')
      if (at > 0) client.write(buffer.subarray(0, at))
      if (this.#down.atBoundary) this.#sayLeave()
    }
    if (at < length) {
      this.#down.walk(buffer, at, length, 'end')
      client.write(buffer.subarray(at, length))
    }
    connection.sentTo(client)
    if (isFull(client)) connection.socket.pause()
    this.#finishIfIdle()
  }

  /** First everything that comes is still accepted, so that no call on its way is lost. Source: RFC 9113, 6.8. */
  #sayLeave(): void {
    this.#leaving = 'said'
    this.#socket.write(goAway(ANY_STREAM))
    this.#timer = this.#clock.at(after(this.#clock.now(), LEAVE_MS), () => {
      this.#leaving = 'due'
      this.#finishIfIdle()
    })
  }

  #finishIfIdle(): void {
    if (this.#state !== 'joined' || this.#leaving !== 'due' || this.#calls.open > 0 || !this.#down.atBoundary) return
    this.#state = 'closing'
    this.#socket.write(goAway(this.#calls.lastStream))
    this.#socket.end()
    this.#leaveReplica()
    this.#timer = this.#clock.at(after(this.#clock.now(), CLOSE_MS), () => this.#socket.destroy())
  }

  #carryPerCall(): void {
    const first = Buffer.concat(this.#early)
    this.#state = 'over'
    this.#leaveReplica()
    const socket = this.#socket
    socket
      .off('data', this.#onData)
      .off('drain', this.#onDrain)
      .off('end', this.#onEnd)
      .off('error', this.#onError)
      .off('close', this.#onClose)
    this.#hooks.onPerCall(first)
  }

  #leaveReplica(): void {
    this.#timer?.[Symbol.dispose]()
    this.#backend.tunnels.delete(this)
    if (this.#isCounted) {
      this.#backend.counters.open--
      this.upstream.counters.open--
      this.#isCounted = false
    }
    const connection = this.#connection
    this.#connection = undefined
    if (connection === undefined) this.upstream.abandon(this)
    else {
      connection.user = undefined
      if (this.#state === 'closing' && this.#up.atBoundary) connection.socket.write(goAway(0))
      if (connection.socket.writableLength > 0) connection.socket.destroySoon()
      else connection.destroy()
    }
    if (this.#holdsLoad) this.upstream.load.leave()
    this.#holdsLoad = false
  }

  #end(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#calls.endAll('reset')
    this.#leaveReplica()
  }

  #countIn(length: number): void {
    this.#backend.counters.bytesIn += length
    this.upstream.counters.bytesIn += length
  }

  #keep(chunk: Buffer): void {
    this.#early.push(chunk)
    this.#earlyLength += chunk.length
    if (this.#earlyLength > READ_AHEAD) this.#socket.pause()
  }

  readonly #onData = (chunk: Buffer): void => {
    const connection = this.#connection
    if (this.#state === 'connecting' || this.#state === 'asking') {
      this.#keep(chunk)
      connection?.socket.write(chunk)
      return
    }
    if (connection === undefined) return
    this.#countIn(chunk.length)
    this.#up.walk(chunk, 0, chunk.length, 'end')
    connection.socket.write(chunk)
    if (isFull(connection.socket)) this.#socket.pause()
    if (this.#leaving === 'due') this.#finishIfIdle()
  }

  readonly #onDrain = (): void => {
    this.#connection?.socket.resume()
  }

  /** A client of HTTP/2 that ends its side has no use for answers: no window would ever open for them. */
  readonly #onEnd = (): void => {
    this.#socket.destroy()
  }

  readonly #onError = (): void => {
    this.#socket.destroy()
  }

  readonly #onClose = (): void => {
    this.#end()
    this.#hooks.onClosed()
  }
}
