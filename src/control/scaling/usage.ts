import type { Clock } from '../../kernel/clock.ts'
import type { Instant } from '../../kernel/instant.ts'
import type { Engine, Owner } from '../../model/engine.ts'
import type { ComponentKey, ReplicaId } from '../../model/names.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import type { Usage } from './pod-watch.ts'

/** Use of replicas as a metrics server reports it: over the time since the last question, and not at all at the first. */
export class ReplicaUsage {
  readonly #engine: Engine
  readonly #owner: Owner
  readonly #clock: Clock
  readonly #asked = new Map<ComponentKey, ReadonlyMap<ReplicaId, Instant>>()

  constructor(engine: Engine, owner: Owner, clock: Clock) {
    this.#engine = engine
    this.#owner = owner
    this.#clock = clock
  }

  /** A replica that is gone, or an engine that measures nothing, has no use: that is missing, not zero. */
  async read(key: ComponentKey, replicas: readonly ObservedReplica[], signal: AbortSignal): Promise<ReadonlyMap<ReplicaId, Usage>> {
    const { stats } = this.#engine
    const used = new Map<ReplicaId, Usage>()
    if (stats === undefined) return used
    const known = this.#asked.get(key)
    const asked = new Map<ReplicaId, Instant>()
    await Promise.all(
      replicas.map(async ({ id, phase }) => {
        if (phase !== 'running') return
        const reading = await stats.read({ owner: this.#owner, id }, signal).catch(() => undefined)
        const now = this.#clock.now()
        const before = known?.get(id)
        if (reading === undefined) return
        asked.set(id, now)
        if (before === undefined || now <= before) return
        used.set(id, {
          cpuMilli: Math.round(reading.cpu * 1000),
          memoryBytes: reading.memoryBytes,
          sampledAtMs: now,
          windowMs: now - before,
        })
      }),
    )
    this.#asked.set(key, asked)
    return used
  }
}
