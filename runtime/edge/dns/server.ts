import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Millis } from '../../../src/kernel/instant.ts'
import type { Logger } from '../../../src/kernel/logger.ts'
import { FrameBuffer, frame } from './frames.ts'
import type { Asker } from './resolver.ts'

/** A TCP client that says nothing for so long is hung up on. Source: RFC 7766, section 6.2.3 (a few seconds). */
const IDLE_MS: Millis = 10_000
const MAX_CONNECTIONS = 500
/** Questions of one connection under way: more wait in its socket. */
const MAX_PENDING = 16

export interface DnsServerOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly host: string
  /** 0: any, for tests; then both transports have the same one. */
  readonly port: number
  readonly answer: (message: Buffer, asker: Asker) => Promise<Buffer | undefined>
}

/** The resolver's sockets, UDP and TCP at the same port. Rejects with the system's error when one cannot be bound. */
export async function listenForQuestions(options: DnsServerOptions): Promise<DnsServer> {
  const { host, log } = options
  const tcp = createServer({ allowHalfOpen: true, noDelay: true })
  tcp.maxConnections = MAX_CONNECTIONS
  tcp.listen({ host, port: options.port })
  await once(tcp, 'listening')
  const port = portOf(tcp)
  const udp = createSocket('udp4')
  try {
    udp.bind({ address: host, port })
    await once(udp, 'listening')
  } catch (error) {
    tcp.close()
    throw error
  }
  // A failed accept or an unreachable client concerns that one only; the sockets stay.
  for (const socket of [tcp, udp]) socket.on('error', (error) => log.log('warn', 'the resolver met an error', { error: String(error) }))
  return new DnsServer({ tcp, udp }, options)
}

export class DnsServer implements Disposable {
  readonly port: number
  readonly #tcp: Server
  readonly #udp: UdpSocket
  readonly #options: DnsServerOptions
  readonly #clients = new Set<Socket>()

  constructor({ tcp, udp }: { readonly tcp: Server; readonly udp: UdpSocket }, options: DnsServerOptions) {
    this.#tcp = tcp
    this.#udp = udp
    this.#options = options
    this.port = portOf(tcp)
    udp.on('message', (message, from) => void this.#answerUdp(message, from))
    tcp.on('connection', (socket) => this.#serveTcp(socket))
  }

  async #answerUdp(message: Buffer, from: RemoteInfo): Promise<void> {
    const reply = await this.#options.answer(message, { transport: 'udp', client: from.address })
    if (reply === undefined) return
    // A client that is gone asks again or does not; the error is not ours.
    this.#udp.send(reply, from.port, from.address, () => {})
  }

  #serveTcp(socket: Socket): void {
    const { clock, answer } = this.#options
    const asker: Asker = { transport: 'tcp', client: socket.remoteAddress ?? '' }
    const frames = new FrameBuffer()
    let pending = 0
    let hasEnded = false
    let idle: Disposable | undefined
    const wait = (): void => {
      idle?.[Symbol.dispose]()
      idle = clock.at(after(clock.now(), IDLE_MS), () => socket.destroy())
    }
    this.#clients.add(socket)
    wait()
    socket.on('data', (chunk: Buffer) => {
      wait()
      for (const message of frames.push(chunk)) {
        pending++
        if (pending >= MAX_PENDING) socket.pause()
        void answer(message, asker).then((reply) => {
          pending--
          if (pending < MAX_PENDING) socket.resume()
          if (reply !== undefined && socket.writable) socket.write(frame(reply))
          if (hasEnded && pending === 0) socket.end()
        })
      }
    })
    // Whoever has no more questions may still wait for answers.
    socket.on('end', () => {
      hasEnded = true
      if (pending === 0) socket.end()
    })
    // A reset ends the connection, which "close" tells.
    socket.on('error', () => {})
    socket.on('close', () => {
      idle?.[Symbol.dispose]()
      this.#clients.delete(socket)
    })
  }

  [Symbol.dispose](): void {
    this.#tcp.close()
    this.#udp.close()
    for (const socket of this.#clients) socket.destroy()
  }
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
