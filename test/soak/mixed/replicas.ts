import { WebSocketServer } from 'ws'
import type { EdgeReplica, EdgeRoute, EdgeTable } from '../../../src/model/edge.ts'
import { aBackend, aReplica, aTable, serviceListenerOf, webListener } from '../../conformance/edge/edge-world.ts'
import { GrpcReplica } from '../../conformance/edge/grpc-replica.ts'
import { ReplicaServer, TcpReplica } from '../../conformance/edge/replica-server.ts'

const REPLICAS = 3

/** Three replicas of everything; which of them are in the table changes all the time. */
export class Replicas implements AsyncDisposable {
  readonly #web: readonly ReplicaServer[]
  readonly #tcp: readonly TcpReplica[]
  readonly #grpc: readonly GrpcReplica[]

  private constructor(web: readonly ReplicaServer[], tcp: readonly TcpReplica[], grpc: readonly GrpcReplica[]) {
    this.#web = web
    this.#tcp = tcp
    this.#grpc = grpc
  }

  static async start(): Promise<Replicas> {
    const web = await Promise.all(Array.from({ length: REPLICAS }, () => ReplicaServer.start((from, to) => void from.pipe(to))))
    for (const { server } of web) {
      const sockets = new WebSocketServer({ server })
      sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
    }
    const tcp = await Promise.all(Array.from({ length: REPLICAS }, () => TcpReplica.start((socket) => void socket.pipe(socket))))
    const grpc = await Promise.all(Array.from({ length: REPLICAS }, () => GrpcReplica.start()))
    return new Replicas(web, tcp, grpc)
  }

  /** All but one of them take traffic; the one drains. Of `till`, which the calls of gRPC reach by its address, one takes traffic, so that its connections are spliced. */
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
    const calls = this.#grpc.map((replica) => replica.replica().port)
    const stock = part(calls, 'stock')
    const till = part(calls, 'till')
    const backends = [
      aBackend('web', web),
      aBackend('db', tcp),
      aBackend('stock', stock),
      aBackend('till', { replicas: till.draining, draining: till.replicas }),
    ]
    const to = (path: string, index: number): EdgeRoute => {
      const backend = backends[index]?.id
      if (backend === undefined) throw new Error(`there is no backend ${index}`)
      return { path, pathType: 'prefix', targets: [{ backend, upTo: 1 }], holdMs: 10_000 }
    }
    return aTable({
      version,
      backends,
      routes: [to('/shop.Stock', 2), to('/', 0)],
      listeners: [webListener, ...['web', 'db', 'stock', 'till'].map((name) => serviceListenerOf(name))],
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [...this.#web, ...this.#tcp, ...this.#grpc]) await server[Symbol.asyncDispose]()
  }
}
