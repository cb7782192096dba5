import { createSocket, type Socket } from 'node:dgram'
import type { Instant } from '../../../src/kernel/instant.ts'
import type { BackendId, EdgeListener } from '../../../src/model/edge.ts'
import type { Backend } from '../backend.ts'
import type { EdgeContext } from '../context.ts'
import { type Bindings, candidatePorts, explain, fits } from '../listener-set.ts'
import { UdpSession } from './udp-session.ts'

/** Clients of one port at once, each with a socket of its own to a replica; datagrams of further ones are lost. */
const MAX_SESSIONS = 1024
/** Answers that the system has not taken yet; more are lost. */
const MAX_QUEUED_BYTES = 1024 * 1024

interface Entry {
  spec: EdgeListener
  readonly port: number
  readonly wish: number
  readonly socket: Socket
  readonly sessions: Map<string, UdpSession>
}

/** Sockets for the datagrams of published ports and service addresses, as the last table wants them. */
export class UdpListenerSet {
  readonly #context: EdgeContext
  readonly #backendOf: (id: BackendId) => Backend | undefined
  readonly #entries = new Map<string, Entry>()

  constructor(context: EdgeContext, backendOf: (id: BackendId) => Backend | undefined) {
    this.#context = context
    this.#backendOf = backendOf
  }

  get bound(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#entries].map(([id, entry]) => [id, entry.port]))
  }

  retarget(listeners: readonly EdgeListener[]): void {
    for (const spec of listeners) {
      const entry = this.#entries.get(spec.id)
      if (entry !== undefined && fits(entry, spec)) entry.spec = spec
    }
    const wanted = new Set(listeners.map(({ id }) => id))
    for (const [id, entry] of this.#entries) if (!wanted.has(id)) this.#close(id, entry)
  }

  async bind(listeners: readonly EdgeListener[], remembered: Readonly<Record<string, number>>): Promise<Bindings> {
    const problems: { listener: string; message: string }[] = []
    for (const spec of listeners) {
      const entry = this.#entries.get(spec.id)
      if (entry !== undefined && fits(entry, spec)) continue
      let problem: string | undefined = 'no port to try'
      for (const port of candidatePorts(spec, remembered[spec.id])) {
        problem = await this.#open(spec, port)
        if (problem === undefined) break
      }
      if (problem !== undefined) problems.push({ listener: spec.id, message: problem })
    }
    return { bound: this.bound, problems }
  }

  sweep(now: Instant): void {
    for (const { sessions } of this.#entries.values()) for (const session of sessions.values()) session.sweep(now)
  }

  closeAll(): void {
    for (const [id, entry] of this.#entries) this.#close(id, entry)
  }

  #close(id: string, entry: Entry): void {
    this.#entries.delete(id)
    entry.socket.close()
    for (const session of [...entry.sessions.values()]) session.end()
  }

  #open(spec: EdgeListener, port: number): Promise<string | undefined> {
    return new Promise((resolve) => {
      const socket = createSocket(spec.host.includes(':') ? 'udp6' : 'udp4')
      const fail = (error: NodeJS.ErrnoException): void => {
        socket.close()
        resolve(explain(spec, port, error))
      }
      socket.once('error', fail)
      socket.bind({ address: spec.host, port, exclusive: true }, () => {
        socket.off('error', fail)
        // Concerns one datagram; the socket stays.
        socket.on('error', (error) => this.#context.log.log('warn', 'a datagram was lost', { listener: spec.id, error: error.message }))
        const old = this.#entries.get(spec.id)
        if (old !== undefined) this.#close(spec.id, old)
        const entry: Entry = { spec, socket, port: socket.address().port, wish: spec.port, sessions: new Map() }
        this.#entries.set(spec.id, entry)
        socket.on('message', (datagram, client) => this.#receive(entry, datagram, client))
        resolve(undefined)
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
        if (this.#entries.get(entry.spec.id) === entry && socket.getSendQueueSize() < MAX_QUEUED_BYTES)
          socket.send(answer, client.port, client.address)
      },
      onMovedOn: () => {
        if (sessions.get(key) === session) sessions.delete(key)
      },
    })
    sessions.set(key, session)
    session.start(datagram)
  }
}
