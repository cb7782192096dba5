import type { Socket } from 'node:net'
import type { Clock } from '../../src/kernel/clock.ts'
import type { Code } from '../../src/kernel/diagnostic.ts'
import type { Instant, Millis } from '../../src/kernel/instant.ts'
import type { EdgeContext } from './context.ts'
import { clientLimit } from './descriptors.ts'
import { HttpClient, type HttpService } from './http-client.ts'
import type { OpenListener } from './listener-set.ts'
import { Sniffer } from './sniff.ts'
import { Splice } from './splice.ts'
import type { TableState } from './table-state.ts'

const TOO_MANY: Code = 'MP6030'
/** As many clients beyond the limit get an answer that says so; more than those are cut without one. */
const TURNED_AWAY_AT_ONCE = 256

/** A client's connection, whatever it speaks. */
interface Client {
  closeWhenIdle(): void
  destroy(): void
  sweep(now: Instant): void
}

/** All connections of clients, each with its listener, from accept to close. */
export class ClientSet {
  readonly #context: EdgeContext
  readonly #state: TableState
  readonly #clients = new Map<Client, OpenListener>()
  readonly #services = new WeakMap<OpenListener, HttpService>()
  readonly #maxClients: number
  #closing = false
  /** Said since there was room last. */
  #saidFull = false
  #onEmpty: (() => void) | undefined

  constructor(context: EdgeContext, state: TableState) {
    this.#context = context
    this.#state = state
    this.#maxClients = context.maxClients ?? clientLimit()
  }

  get size(): number {
    return this.#clients.size
  }

  add(socket: Socket, listener: OpenListener): void {
    if (this.#clients.size >= this.#maxClients) {
      this.#turnAway(socket, listener)
      return
    }
    if (listener.spec.serve.by === 'routes') {
      this.#speakHttp(socket, listener)
      return
    }
    const sniffer = new Sniffer(socket, this.#context.clock, {
      decide: (protocol, first) => {
        this.#remove(sniffer)
        if (protocol === 'http') this.#speakHttp(socket, listener).receive(first)
        else this.#splice(socket, listener, first)
      },
      onClosed: () => this.#remove(sniffer),
    })
    this.#clients.set(sniffer, listener)
  }

  /** The listener is no longer there: its connections end when they are idle. */
  closeOf(listener: OpenListener): void {
    for (const [client, of] of this.#clients) if (of === listener) client.closeWhenIdle()
  }

  sweep(now: Instant): void {
    for (const client of this.#clients.keys()) client.sweep(now)
  }

  /** Resolves when every connection has ended; after the time those that have not are cut. */
  async finish(clock: Clock, limitMs: Millis): Promise<void> {
    this.#closing = true
    for (const client of this.#clients.keys()) client.closeWhenIdle()
    if (this.#clients.size === 0) return
    const cut = new AbortController()
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve
    })
    await Promise.race([empty, clock.sleep(limitMs, cut.signal).catch(() => {})])
    cut.abort()
    for (const client of this.#clients.keys()) client.destroy()
  }

  /** Full: whoever speaks HTTP learns why, anybody else is cut. */
  #turnAway(socket: Socket, listener: OpenListener): void {
    const maxClients = this.#maxClients
    if (!this.#saidFull)
      this.#context.log.log('warn', 'too many clients are connected: further ones are refused', { code: TOO_MANY, limit: maxClients })
    this.#saidFull = true
    if (listener.spec.serve.by !== 'routes' || this.#clients.size >= maxClients + TURNED_AWAY_AT_ONCE) {
      socket.on('error', () => {}).destroy()
      return
    }
    const answer = { status: 503, reason: `the edge serves ${maxClients} clients already (${TOO_MANY})`, retryAfterMs: 1000 }
    const service: HttpService = { ...this.#serviceOf(listener), closing: true, route: () => answer }
    const client = new HttpClient(socket, service, (closed) => this.#remove(closed))
    this.#clients.set(client, listener)
  }

  #speakHttp(socket: Socket, listener: OpenListener): HttpClient {
    const client = new HttpClient(socket, this.#serviceOf(listener), (closed) => this.#remove(closed))
    this.#clients.set(client, listener)
    return client
  }

  #splice(socket: Socket, listener: OpenListener, first: Buffer): void {
    const { serve } = listener.spec
    const backend = serve.by === 'backend' ? this.#state.backend(serve.backend) : undefined
    if (backend === undefined) {
      socket.destroy()
      return
    }
    const onHttp = (said: Buffer): void => {
      this.#remove(splice)
      this.#speakHttp(socket, listener).receive(said)
    }
    const splice: Splice = new Splice(socket, backend, this.#context.clock, {
      onClosed: () => this.#remove(splice),
      ...(first.length === 0 ? { onHttp } : {}),
    })
    this.#clients.set(splice, listener)
    splice.start(first)
  }

  #serviceOf(listener: OpenListener): HttpService {
    const known = this.#services.get(listener)
    if (known !== undefined) return known
    const { clock, nextRequestId } = this.#context
    const isClosing = (): boolean => this.#closing || listener.closed
    const service: HttpService = {
      clock,
      nextRequestId,
      manner: listener.spec.serve.by === 'routes' ? 'proxy' : 'address',
      get closing() {
        return isClosing()
      },
      route: (head) => {
        const { serve } = listener.spec
        if (serve.by === 'routes') return this.#state.route(head)
        const backend = this.#state.backend(serve.backend)
        if (backend === undefined) return { status: 503, reason: `there is nothing behind ${listener.spec.id}` }
        return { backend, holdMs: backend.spec.holdMs, revision: undefined }
      },
    }
    this.#services.set(listener, service)
    return service
  }

  #remove(client: Client): void {
    this.#clients.delete(client)
    if (this.#clients.size < this.#maxClients) this.#saidFull = false
    if (this.#clients.size === 0) this.#onEmpty?.()
  }
}
