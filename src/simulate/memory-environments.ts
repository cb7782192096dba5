import type { Clock } from '../kernel/clock.ts'
import type { Owner, ReplicaRef } from '../model/engine.ts'
import type { EngineHealth } from '../model/observed.ts'
import { faults } from './faults.ts'
import { MemoryEdge } from './memory-edge.ts'
import { MemoryEnvironment } from './memory-environment.ts'
import { MemoryNetwork } from './memory-network.ts'
import type { MemoryReplica } from './memory-replica.ts'

const HEALTHY: EngineHealth = { state: 'healthy', detail: 'in memory', attributes: {} }

/** Everything the memory engine holds, by environment. Verbs of the engine and its facets share it. */
export class MemoryEnvironments {
  readonly clock: Clock
  readonly #all = new Map<string, MemoryEnvironment>()
  readonly #serviceRange: string | undefined
  #health = HEALTHY

  constructor(clock: Clock, serviceRange?: string) {
    this.clock = clock
    this.#serviceRange = serviceRange
  }

  get health(): EngineHealth {
    return this.#health
  }

  set health(health: EngineHealth) {
    this.#health = health
    this.hint()
  }

  /** Something changed that all environments share. */
  hint(): void {
    for (const environment of this.#all.values()) environment.hint()
  }

  /** Names of the environments that have anything, sorted. */
  names(): readonly string[] {
    return [...this.#all]
      .filter(([, environment]) => !environment.empty)
      .map(([name]) => name)
      .sort()
  }

  find(name: string): MemoryEnvironment | undefined {
    return this.#all.get(name)
  }

  /** For verbs: nothing can be done while the engine is away. */
  enter(owner: Owner, signal: AbortSignal): MemoryEnvironment {
    signal.throwIfAborted()
    if (this.#health.state !== 'healthy') throw faults.away(this.#health)
    return this.open(owner.environment)
  }

  open(name: string): MemoryEnvironment {
    const known = this.#all.get(name)
    if (known !== undefined) return known
    const made = new MemoryEnvironment(this.#serviceRange === undefined ? undefined : new MemoryNetwork(this.#serviceRange))
    this.#all.set(name, made)
    return made
  }

  replica(of: ReplicaRef): MemoryReplica {
    const replica = this.#all.get(of.owner.environment)?.replicas.get(of.id)
    if (replica === undefined) throw faults.noReplica(of)
    return replica
  }

  edge(environment: MemoryEnvironment): MemoryEdge {
    const ended = (): void => {
      environment.edge?.close()
      environment.edge = undefined
    }
    environment.edge ??= new MemoryEdge({ clock: this.clock, ended, find: (id) => environment.replicas.get(id) })
    return environment.edge
  }
}
