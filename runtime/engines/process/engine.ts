import type { Millis } from '../../../src/kernel/instant.ts'
import type {
  Endpoint,
  Engine,
  EngineTraits,
  Hint,
  LogLine,
  LogOptions,
  Owner,
  ReplicaRef,
  ReplicaSpec,
} from '../../../src/model/engine.ts'
import type { EngineHealth, Observed } from '../../../src/model/observed.ts'
import { listEnvironments, removeEnvironment } from './environments.ts'
import { processFacets } from './facets.ts'
import { replicaLogs } from './logs.ts'
import { observedOf } from './observe.ts'
import { assembleParts, type EngineParts, type ProcessEngineOptions } from './parts.ts'
import { startReplica } from './replica-start.ts'
import { restartContainer, stopReplica } from './replica-stop.ts'
import { listVolumes } from './volumes.ts'

/** Runs replicas as detached process groups of this machine. One engine for all environments of a home. */
export class ProcessEngine implements Engine {
  readonly name = 'process'
  readonly traits: EngineTraits = { serviceNames: 'rewritten', runs: 'processes', virtualTime: true }
  readonly edge: EngineParts['edge']
  readonly meters: EngineParts['meters']
  readonly exec: NonNullable<Engine['exec']>
  readonly volumes: NonNullable<Engine['volumes']>
  readonly connections: NonNullable<Engine['connections']>
  declare readonly processes?: NonNullable<Engine['processes']>
  declare readonly freezer?: NonNullable<Engine['freezer']>
  declare readonly stats?: NonNullable<Engine['stats']>
  readonly #parts: EngineParts

  constructor(options: ProcessEngineOptions) {
    this.#parts = assembleParts(options)
    this.edge = this.#parts.edge
    this.meters = this.#parts.meters
    const { exec, volumes, connections, processes, freezer, stats } = processFacets(this.#parts.registry, this.#parts.listeners)
    this.exec = exec
    this.volumes = volumes
    this.connections = connections
    if (processes !== undefined) this.processes = processes
    if (freezer !== undefined) this.freezer = freezer
    if (stats !== undefined) this.stats = stats
  }

  async probe(): Promise<EngineHealth> {
    return {
      state: 'healthy',
      detail: 'plain processes of this machine',
      attributes: { platform: process.platform, node: process.versions.node },
    }
  }

  async observe(owner: Owner): Promise<Observed> {
    const { registry, context } = this.#parts
    const [replicas, volumes, health] = await Promise.all([registry.all(owner), listVolumes(context.home, owner), this.probe()])
    return observedOf(replicas.values(), health, volumes, context.clock.now())
  }

  hints(owner: Owner, signal: AbortSignal): AsyncIterable<Hint> {
    return this.#parts.context.hints.read(owner.environment, signal)
  }

  async startReplica(spec: ReplicaSpec, signal: AbortSignal): Promise<void> {
    const { registry, listeners } = this.#parts
    const replica = await startReplica(registry, { spec, kind: 'replica', containers: 'all' }, signal)
    listeners.look(replica)
  }

  async restartApp(
    spec: ReplicaSpec,
    options: { readonly container: string; readonly graceMs: Millis },
    signal: AbortSignal,
  ): Promise<void> {
    const { registry, listeners } = this.#parts
    const replica = await registry.get(spec.ref)
    await restartContainer(replica, { spec, ...options }, signal)
    listeners.look(replica)
  }

  async stopReplica(of: ReplicaRef, graceMs: Millis, signal: AbortSignal): Promise<void> {
    const replica = await this.#parts.registry.find(of)
    if (replica !== undefined) await stopReplica(replica, graceMs, signal)
  }

  async removeReplica(of: ReplicaRef): Promise<void> {
    const { registry } = this.#parts
    const replica = await registry.find(of)
    if (replica !== undefined) await registry.destroy(replica)
  }

  async endpoint(of: ReplicaRef, port: number): Promise<Endpoint | undefined> {
    const { registry, listeners } = this.#parts
    const replica = await registry.find(of)
    return replica === undefined ? undefined : listeners.endpoint(replica, port)
  }

  async *logs(of: ReplicaRef, options: LogOptions, signal: AbortSignal): AsyncGenerator<LogLine> {
    const { registry, context } = this.#parts
    const { record, streams } = await registry.get(of)
    yield* replicaLogs({ id: record.id, streams, clock: context.clock }, options, signal)
  }

  removeEnvironment(owner: Owner, signal: AbortSignal): Promise<void> {
    const { registry, context } = this.#parts
    return removeEnvironment({ home: context.home, registry, edge: this.edge, meters: this.meters }, owner, signal)
  }

  environments(): Promise<readonly string[]> {
    return listEnvironments(this.#parts.context.home)
  }

  /** Lets go of watches and timers, and of what lives with this process only; replicas and edges stay as they are. */
  async release(): Promise<void> {
    this.#parts.listeners.stop()
    await this.#parts.registry.release()
    await this.meters.release()
  }
}
