import type { Socket } from 'node:net'
import type { Instant, Millis } from '../../src/kernel/instant.ts'
import type { OpenListener } from './bound-listeners.ts'
import { ClientLimit } from './client-limit.ts'
import type { EdgeContext } from './context.ts'
import { HttpClient, type HttpService } from './http-client.ts'
import { CallSplice } from './http2/call-splice.ts'
import { Http2Client } from './http2/http2-client.ts'
import { Sniffer } from './sniff.ts'
import { Splice } from './splice.ts'
import type { TableState } from './table-state.ts'
import { TlsFront } from './tls/tls-front.ts'

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
  readonly #tls: TlsFront
  readonly #limit: ClientLimit
  #closing = false
  #onEmpty: (() => void) | undefined

  constructor(context: EdgeContext, state: TableState) {
    this.#context = context
    this.#state = state
    this.#tls = new TlsFront(context)
    this.#limit = new ClientLimit(context)
  }

  get size(): number {
    return this.#clients.size
  }

  add(socket: Socket, listener: OpenListener): void {
    if (this.#limit.isReached(this.#clients.size)) {
      this.#turnAway(socket, listener)
      return
    }
    if (listener.spec.tls !== undefined) {
      this.#speakTls(socket, listener)
      return
    }
    if (listener.spec.serve.by === 'routes') {
      this.#speakHttp(socket, listener)
      return
    }
    const sniffer = new Sniffer(socket, this.#context.clock, {
      decide: (protocol, first) => {
        this.#remove(sniffer)
        if (protocol === 'other') this.#splice(socket, listener, first)
        else this.#speak(protocol, socket, listener, first)
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
  async finish(clock: EdgeContext['clock'], limitMs: Millis): Promise<void> {
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
    const answer = this.#limit.refuse(this.#clients.size)
    if (answer === undefined || listener.spec.serve.by !== 'routes' || listener.spec.tls !== undefined) {
      socket.on('error', () => {}).destroy()
      return
    }
    const service: HttpService = { ...this.#serviceOf(listener), closing: true, route: () => answer }
    const client = new HttpClient(socket, service, (closed) => this.#remove(closed))
    this.#clients.set(client, listener)
  }

  #speakHttp(socket: Socket, listener: OpenListener): HttpClient {
    const client = new HttpClient(socket, this.#serviceOf(listener), (closed) => this.#remove(closed))
    this.#clients.set(client, listener)
    return client
  }

  #speakTls(socket: Socket, listener: OpenListener): void {
    const handshake: Client = this.#tls.open(socket, listener, {
      onSecure: (secure, protocol) => {
        if (protocol === 'h2') this.#carryCalls(secure, listener, Buffer.alloc(0))
        else this.#speakHttp(secure, listener)
        this.#remove(handshake)
      },
      onClosed: () => this.#remove(handshake),
    })
    this.#clients.set(handshake, listener)
  }

  #speak(protocol: 'http' | 'http2', socket: Socket, listener: OpenListener, first: Buffer): void {
    if (protocol === 'http') this.#speakHttp(socket, listener).receive(first)
    else this.#speakHttp2(socket, listener, first)
  }

  /** As bytes while a service or a published port leads to one replica only, else call by call. */
  #speakHttp2(socket: Socket, listener: OpenListener, first: Buffer): void {
    const { serve } = listener.spec
    const backend = serve.by === 'backend' ? this.#state.backend(serve.backend) : undefined
    const upstream = backend?.sole
    if (backend === undefined || upstream === undefined) {
      this.#carryCalls(socket, listener, first)
      return
    }
    const splice: CallSplice = new CallSplice(
      { socket, backend, upstream, clock: this.#context.clock },
      {
        onClosed: () => this.#remove(splice),
        onPerCall: (said) => {
          this.#remove(splice)
          this.#carryCalls(socket, listener, said)
        },
      },
    )
    this.#clients.set(splice, listener)
    splice.start(first)
  }

  #carryCalls(socket: Socket, listener: OpenListener, first: Buffer): void {
    if (socket.destroyed) return
    const client = new Http2Client(socket, first, this.#serviceOf(listener), (closed) => this.#remove(closed))
    this.#clients.set(client, listener)
    if (this.#closing || listener.closed) client.closeWhenIdle()
  }

  #splice(socket: Socket, listener: OpenListener, first: Buffer): void {
    const { serve } = listener.spec
    const backend = serve.by === 'backend' ? this.#state.backend(serve.backend) : undefined
    if (backend === undefined) {
      socket.destroy()
      return
    }
    const onHttp = (protocol: 'http' | 'http2', said: Buffer): void => {
      this.#remove(splice)
      this.#speak(protocol, socket, listener, said)
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
    const { clock, nextRequestId, nextTraceId, requests } = this.#context
    const scheme = listener.spec.tls === undefined ? 'http' : 'https'
    const isClosing = (): boolean => this.#closing || listener.closed
    const backendOf = (): ReturnType<TableState['backend']> => {
      const { serve } = listener.spec
      return serve.by === 'routes' ? undefined : this.#state.backend(serve.backend)
    }
    const service: HttpService = {
      backend: backendOf,
      clock,
      nextRequestId,
      nextTraceId,
      requests,
      manner: listener.spec.serve.by === 'routes' ? 'proxy' : 'address',
      scheme,
      get closing() {
        return isClosing()
      },
      route: (head) => {
        if (listener.spec.serve.by === 'routes') return this.#state.route(head, scheme)
        const backend = backendOf()
        if (backend === undefined) return { status: 503, reason: `there is nothing behind ${listener.spec.id}` }
        return { backend, holdMs: backend.spec.holdMs, revision: undefined }
      },
      onHttp2: (client, first) => {
        this.#remove(client)
        this.#speakHttp2(client.socket, listener, first)
      },
    }
    this.#services.set(listener, service)
    return service
  }

  #remove(client: Client): void {
    this.#clients.delete(client)
    this.#limit.left(this.#clients.size)
    if (this.#clients.size === 0) this.#onEmpty?.()
  }
}
