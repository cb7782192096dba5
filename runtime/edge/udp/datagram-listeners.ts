import { createSocket, type Socket } from 'node:dgram'
import type { Instant } from '../../../src/kernel/instant.ts'
import type { BackendId, EdgeListener } from '../../../src/model/edge.ts'
import type { Backend } from '../backend.ts'
import { type BoundListener, BoundListeners } from '../bound-listeners.ts'
import type { EdgeContext } from '../context.ts'
import { UdpSession } from './udp-session.ts'

/** Clients of one port at once, each with a socket of its own to a replica; datagrams of further ones are lost. */
const MAX_SESSIONS = 1024
/** Answers that the system has not taken yet; more are lost. */
const MAX_QUEUED_BYTES = 1024 * 1024

interface Entry extends BoundListener {
  readonly socket: Socket
  readonly sessions: Map<string, UdpSession>
}

/** Sockets for the datagrams of published ports and service addresses. */
export class DatagramListeners extends BoundListeners<Entry> {
  readonly #context: EdgeContext
  readonly #backendOf: (id: BackendId) => Backend | undefined

  constructor(context: EdgeContext, backendOf: (id: BackendId) => Backend | undefined) {
    super({
      listen: (spec, port) => this.#listen(spec, port),
      close: ({ socket, sessions }) => {
        socket.close()
        for (const session of [...sessions.values()]) session.end()
      },
    })
    this.#context = context
    this.#backendOf = backendOf
  }

  sweep(now: Instant): void {
    for (const { sessions } of this.open) for (const session of sessions.values()) session.sweep(now)
  }

  #listen(spec: EdgeListener, port: number): Promise<Entry | NodeJS.ErrnoException> {
    return new Promise((resolve) => {
      const socket = createSocket(spec.host.includes(':') ? 'udp6' : 'udp4')
      const fail = (error: NodeJS.ErrnoException): void => {
        socket.close()
        resolve(error)
      }
      socket.once('error', fail)
      socket.bind({ address: spec.host, port, exclusive: true }, () => {
        socket.off('error', fail)
        // Concerns one datagram; the socket stays.
        socket.on('error', (error) => this.#context.log.log('warn', 'a datagram was lost', { listener: spec.id, error: error.message }))
        const entry: Entry = { spec, socket, port: socket.address().port, wish: spec.port, sessions: new Map(), closed: false }
        socket.on('message', (datagram, client) => this.#receive(entry, datagram, client))
        resolve(entry)
      })
    })
  }

  #receive(entry: Entry, datagram: Buffer, client: { readonly address: string; readonly port: number }): void {
    const { sessions, socket } = entry
    const key = `${client.address} ${client.port}`
    const known = sessions.get(key)
    if (known !== undefined) {
      known.send(datagram)
      return
    }
    const { serve } = entry.spec
    const backend = serve.by === 'backend' ? this.#backendOf(serve.backend) : undefined
    if (backend === undefined || sessions.size >= MAX_SESSIONS) return
    const session: UdpSession = new UdpSession(backend, this.#context.clock, {
      from: client.address,
      answer: (answer) => {
        // A session may outlive its listener by the answers of a draining replica.
        if (!entry.closed && socket.getSendQueueSize() < MAX_QUEUED_BYTES) socket.send(answer, client.port, client.address)
      },
      onMovedOn: () => {
        if (sessions.get(key) === session) sessions.delete(key)
      },
    })
    sessions.set(key, session)
    session.start(datagram)
  }
}
