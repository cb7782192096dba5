import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import type { EdgeReplica } from '../../../src/model/edge.ts'
import { aReplica } from './edge-world.ts'

/** An HTTP server that stands for a replica. */
export class ReplicaServer implements AsyncDisposable {
  readonly server: Server
  readonly port: number
  /** Connections accepted so far. */
  connections = 0
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, port: number) {
    this.server = server
    this.port = port
    server.on('connection', (socket) => {
      this.connections++
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  static async start(handler: RequestListener, port = 0): Promise<ReplicaServer> {
    const server = createServer({ keepAliveTimeout: 60_000 }, handler)
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
    return new ReplicaServer(server, portOf(server))
  }

  replica(name = 'web--a.0'): EdgeReplica {
    return aReplica(name, this.port)
  }

  get openConnections(): number {
    return this.#sockets.size
  }

  closeConnections(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closeConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

/** A server of any bytes that stands for a replica. */
export class TcpReplica implements AsyncDisposable {
  readonly port: number
  readonly sockets = new Set<Socket>()
  accepted = 0
  readonly #server: TcpServer

  private constructor(server: TcpServer, port: number) {
    this.#server = server
    this.port = port
  }

  static async start(handler: (socket: Socket) => void): Promise<TcpReplica> {
    const server = createTcpServer({ allowHalfOpen: true })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const replica = new TcpReplica(server, portOf(server))
    server.on('connection', (socket) => {
      replica.accepted++
      replica.sockets.add(socket)
      socket.on('error', () => {}).on('close', () => replica.sockets.delete(socket))
      handler(socket)
    })
    return replica
  }

  replica(name = 'web--a.0'): EdgeReplica {
    return aReplica(name, this.port)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

function portOf(server: Server | TcpServer): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return address.port
}
