import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { Forwarder } from '../../../runtime/edge/dns/forwarder.ts'
import { FrameBuffer, frame } from '../../../runtime/edge/dns/frames.ts'
import type { Upstream } from '../../../runtime/edge/dns/name-servers.ts'
import { Resolver } from '../../../runtime/edge/dns/resolver.ts'
import { type DnsServer, listenForQuestions } from '../../../runtime/edge/dns/server.ts'
import { SystemClock } from '../../../runtime/edge/system-clock.ts'
import { silentLogger } from '../../../src/kernel/logger.ts'
import type { EdgeMessage, EdgeName } from '../../../src/model/edge.ts'
import { aTable } from './edge-world.ts'

const LOOPBACK = '127.0.0.1'

/** A question as a client sends it. */
export function aQuestion(name: string, changes: { readonly id?: number; readonly type?: number; readonly class?: number } = {}): Buffer {
  const { id = 7, type = 1, class: family = 1 } = changes
  const labels = name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1'))
  return Buffer.concat([words(id, 0x0100, 1, 0, 0, 0), ...labels, Buffer.alloc(1), words(type, family)])
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2)
  return bytes
}

/** The first bytes of an answer in words. */
export function headOf(answer: Buffer): {
  readonly id: number
  readonly rcode: number
  readonly isCut: boolean
  readonly counts: readonly number[]
} {
  const flags = answer.readUInt16BE(2)
  const counts = [4, 6, 8, 10].map((at) => answer.readUInt16BE(at))
  return { id: answer.readUInt16BE(0), rcode: flags & 15, isCut: (flags & 0x0200) !== 0, counts }
}

/** The edge's resolver at a port of this machine, with the resolvers of the world that a test gives it. */
export class DnsWorld implements Disposable {
  readonly said: EdgeMessage[] = []
  readonly resolver: Resolver
  readonly #server: DnsServer
  #version = 0

  private constructor(server: DnsServer, parts: { readonly resolver: Resolver; readonly said: EdgeMessage[] }) {
    this.#server = server
    this.resolver = parts.resolver
    this.said = parts.said
  }

  static async start(names: readonly EdgeName[], upstreams: readonly Upstream[] = []): Promise<DnsWorld> {
    const clock = new SystemClock()
    const said: EdgeMessage[] = []
    const context = {
      clock,
      log: silentLogger,
      say: (message: EdgeMessage) => void said.push(message),
      maxClients: 1,
      nextRequestId: () => '',
      nextTraceId: () => '',
      requests: { add: () => {} },
    }
    const resolver = new Resolver(context, new Forwarder(clock, async () => upstreams))
    const answer: Resolver['answer'] = (message, asker) => resolver.answer(message, asker)
    const world = new DnsWorld(await listenForQuestions({ clock, log: silentLogger, host: LOOPBACK, port: 0, answer }), { resolver, said })
    world.serve(names)
    return world
  }

  get port(): number {
    return this.#server.port
  }

  serve(names: readonly EdgeName[]): void {
    this.#version++
    this.resolver.serve({ ...aTable({ backends: [], names }), version: this.#version })
  }

  /** Sends bytes in one datagram; resolves to the first that comes back. */
  async askUdp(message: Buffer): Promise<Buffer> {
    const socket = createSocket('udp4')
    try {
      socket.send(message, this.port, LOOPBACK)
      const [answer] = (await once(socket, 'message')) as [Buffer]
      return answer
    } finally {
      socket.close()
    }
  }

  /** Sends messages in one piece over one connection, says that there are no more, and resolves to the answers when it is closed. */
  async askTcp(...messages: readonly Buffer[]): Promise<readonly Buffer[]> {
    const socket = connect({ host: LOOPBACK, port: this.port, allowHalfOpen: true })
    const frames = new FrameBuffer()
    const answers: Buffer[] = []
    socket.on('data', (chunk: Buffer) => answers.push(...frames.push(chunk)))
    socket.end(Buffer.concat(messages.map(frame)))
    await once(socket, 'end')
    return answers
  }

  [Symbol.dispose](): void {
    this.#server[Symbol.dispose]()
  }
}

type Script = (message: Buffer, transport: 'udp' | 'tcp') => readonly Buffer[] | Promise<readonly Buffer[]>

/** A resolver of the world that answers as a test says, over UDP and TCP. */
export class TestUpstream implements Disposable {
  readonly asked: { readonly message: Buffer; readonly transport: 'udp' | 'tcp' }[] = []
  readonly place: Upstream
  readonly #close: () => void

  private constructor(place: Upstream, close: () => void) {
    this.place = place
    this.#close = close
  }

  static async start(script: Script): Promise<TestUpstream> {
    const tcp: Server = createServer()
    tcp.listen(0, LOOPBACK)
    await once(tcp, 'listening')
    const { port } = tcp.address() as { readonly port: number }
    const udp = createSocket('udp4')
    udp.bind(port, LOOPBACK)
    await once(udp, 'listening')
    const upstream = new TestUpstream({ address: LOOPBACK, port }, () => {
      tcp.close()
      udp.close()
    })
    const answer = async (message: Buffer, transport: 'udp' | 'tcp', send: (reply: Buffer) => void): Promise<void> => {
      upstream.asked.push({ message, transport })
      for (const reply of await script(message, transport)) send(reply)
    }
    udp.on('message', (message, from) => void answer(message, 'udp', (reply) => udp.send(reply, from.port, from.address)))
    tcp.on('connection', (socket) => {
      const frames = new FrameBuffer()
      socket.on('error', () => {})
      socket.on('data', (chunk: Buffer) => {
        for (const message of frames.push(chunk)) void answer(message, 'tcp', (reply) => socket.write(frame(reply)))
      })
    })
    return upstream
  }

  [Symbol.dispose](): void {
    this.#close()
  }
}

/** A question turned into its answer with these flags, and bytes behind it. */
export function answerTo(message: Buffer, flags = 0x8180, behind = Buffer.alloc(0)): Buffer {
  const answer = Buffer.concat([message, behind])
  answer.writeUInt16BE(flags, 2)
  return answer
}
