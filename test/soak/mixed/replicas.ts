import { WebSocketServer } from 'ws'
import type { EdgeReplica, EdgeTable } from '../../../src/model/edge.ts'
import { aBackend, aReplica, aTable, serviceListenerOf, webListener } from '../../conformance/edge/edge-world.ts'
import { ReplicaServer, TcpReplica } from '../../conformance/edge/replica-server.ts'

const REPLICAS = 3

/** Three replicas of everything; which of them are in the table changes all the time. */
export class Replicas implements AsyncDisposable {
  readonly #web: readonly ReplicaServer[]
  readonly #tcp: readonly TcpReplica[]

  private constructor(web: readonly ReplicaServer[], tcp: readonly TcpReplica[]) {
    this.#web = web
    this.#tcp = tcp
  }

  static async start(): Promise<Replicas> {
    const web = await Promise.all(Array.from({ length: REPLICAS }, () => ReplicaServer.start((from, to) => void from.pipe(to))))
    for (const { server } of web) {
      const sockets = new WebSocketServer({ server })
      sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
    }
    const tcp = await Promise.all(Array.from({ length: REPLICAS }, () => TcpReplica.start((socket) => void socket.pipe(socket))))
    return new Replicas(web, tcp)
  }

  /** All but one of them take traffic; the one drains. */
  table(version: number): EdgeTable {
    const away = version % REPLICAS
    const part = (ports: readonly number[], name: string): { replicas: EdgeReplica[]; draining: EdgeReplica[] } => {
      const all = ports.map((port, index) => aReplica(`${name}--a.${index}`, port))
      return { replicas: all.filter((_, index) => index !== away), draining: all.filter((_, index) => index === away) }
    }
    const web = part(
      this.#web.map(({ port }) => port),
      'web',
    )
    const tcp = part(
      this.#tcp.map(({ port }) => port),
      'db',
    )
    return aTable({
      version,
      backends: [aBackend('web', web), aBackend('db', tcp)],
      listeners: [webListener, serviceListenerOf('web'), serviceListenerOf('db')],
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [...this.#web, ...this.#tcp]) await server[Symbol.asyncDispose]()
  }
}
