import type { Hint } from '../model/engine.ts'
import type { ReplicaId } from '../model/names.ts'
import type { Stray } from '../model/observed.ts'
import { Mailbox } from './mailbox.ts'
import type { MemoryEdge } from './memory-edge.ts'
import type { MemoryNetwork } from './memory-network.ts'
import type { MemoryReplica } from './memory-replica.ts'

/** Everything of one environment that the memory engine holds. */
export class MemoryEnvironment {
  readonly replicas = new Map<ReplicaId, MemoryReplica>()
  readonly networks = new Set<string>()
  readonly volumes = new Set<string>()
  readonly strays = new Map<string, Stray>()
  edge: MemoryEdge | undefined
  /** Where replicas and services have addresses of their own. */
  readonly network: MemoryNetwork | undefined
  readonly #listeners = new Set<Mailbox<Hint>>()

  constructor(network?: MemoryNetwork) {
    this.network = network
  }

  get empty(): boolean {
    const { replicas, networks, volumes, strays } = this
    return replicas.size + networks.size + volumes.size + strays.size === 0 && this.edge === undefined
  }

  /** Ends a replica at once and forgets it. */
  discard(id: ReplicaId): void {
    this.strays.delete(id)
    this.replicas.get(id)?.discard()
    this.replicas.delete(id)
    this.hint(id)
  }

  hint(replica?: ReplicaId): void {
    for (const box of this.#listeners) {
      if (box.open) box.push(replica === undefined ? {} : { replica })
      else this.#listeners.delete(box)
    }
  }

  listen(signal: AbortSignal): AsyncIterable<Hint> {
    const box = new Mailbox<Hint>(signal)
    this.#listeners.add(box)
    return box
  }
}
