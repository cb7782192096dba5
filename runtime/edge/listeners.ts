import type { Instant } from '../../src/kernel/instant.ts'
import type { EdgeListener } from '../../src/model/edge.ts'
import type { Bindings } from './bound-listeners.ts'
import { type ConnectionHooks, connectionListeners } from './connection-listeners.ts'
import type { EdgeContext } from './context.ts'
import type { TableState } from './table-state.ts'
import { DatagramListeners } from './udp/datagram-listeners.ts'

export type { Bindings } from './bound-listeners.ts'

/** All sockets that clients come to, of connections and of datagrams, as the last table wants them. */
export class Listeners {
  readonly #connections: ReturnType<typeof connectionListeners>
  readonly #datagrams: DatagramListeners

  constructor(context: EdgeContext, state: TableState, hooks: ConnectionHooks) {
    this.#connections = connectionListeners(hooks)
    this.#datagrams = new DatagramListeners(context, (id) => state.backend(id))
  }

  get bound(): Readonly<Record<string, number>> {
    return { ...this.#connections.bound, ...this.#datagrams.bound }
  }

  retarget(listeners: readonly EdgeListener[]): void {
    this.#connections.retarget(listeners.filter(isConnections))
    this.#datagrams.retarget(listeners.filter(isDatagrams))
  }

  async bind(listeners: readonly EdgeListener[], remembered: Readonly<Record<string, number>>): Promise<Bindings> {
    const connections = await this.#connections.bind(listeners.filter(isConnections), remembered)
    const datagrams = await this.#datagrams.bind(listeners.filter(isDatagrams), remembered)
    return { bound: this.bound, problems: [...connections.problems, ...datagrams.problems] }
  }

  sweep(now: Instant): void {
    this.#datagrams.sweep(now)
  }

  closeAll(): void {
    this.#connections.closeAll()
    this.#datagrams.closeAll()
  }
}

function isConnections({ transport }: EdgeListener): boolean {
  return transport === undefined
}

function isDatagrams({ transport }: EdgeListener): boolean {
  return transport === 'udp'
}
