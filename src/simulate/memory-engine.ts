import type { Clock } from '../kernel/clock.ts'
import type { Millis } from '../kernel/instant.ts'
import type { Endpoint, Engine, EngineTraits, Hint, LogLine, LogOptions, Owner, ReplicaRef, ReplicaSpec } from '../model/engine.ts'
import type { ReplicaId } from '../model/names.ts'
import type { EngineHealth, Observed, Stray } from '../model/observed.ts'
import { faults } from './faults.ts'
import type { RequestOptions, RequestTarget } from './memory-edge.ts'
import { MemoryEnvironments } from './memory-environments.ts'
import { createFacets, type MemoryFacets } from './memory-facets.ts'
import { MemoryReplica } from './memory-replica.ts'
import type { Answer } from './memory-requests.ts'
import type { Behaviour, ImageScript } from './scenario.ts'

export interface MemoryEngineOptions {
  readonly clock: Clock
  /** Where a scenario says nothing, everything starts at once, is ready at once and runs for ever. */
  readonly behaviour?: Behaviour
  /** Services and replicas have addresses of their own, as on a container engine: a CIDR block, the replicas' is the one before it. */
  readonly serviceRange?: string
  /** Without it the engine runs anything and knows no images. */
  readonly images?: ImageScript
}

/** An engine without a machine: replicas are scenarios on a clock, the edge is in process. */
export function createMemoryEngine(options: MemoryEngineOptions): MemoryEngine {
  return new MemoryEngine(options)
}

/** The contract of every engine, and verbs by which a scenario makes things happen to it. */
export class MemoryEngine implements Engine {
  readonly name = 'memory'
  readonly traits: EngineTraits = { serviceNames: 'resolved', runs: 'anything', virtualTime: true }
  readonly edge: MemoryFacets['edge']
  /** What triggers say is set there. */
  readonly meters: MemoryFacets['meters']
  readonly networks: MemoryFacets['networks']
  readonly volumes: MemoryFacets['volumes']
  readonly exec: MemoryFacets['exec']
  readonly freezer: MemoryFacets['freezer']
  readonly sidecars: MemoryFacets['sidecars']
  readonly images?: NonNullable<MemoryFacets['images']>
  readonly #all: MemoryEnvironments
  #behaviour: Behaviour

  constructor({ clock, behaviour = {}, serviceRange, images }: MemoryEngineOptions) {
    this.#all = new MemoryEnvironments(clock, serviceRange)
    this.#behaviour = behaviour
    const facets = createFacets(this.#all, () => this.#behaviour, images)
    this.edge = facets.edge
    this.meters = facets.meters
    this.networks = facets.networks
    this.volumes = facets.volumes
    this.exec = facets.exec
    this.freezer = facets.freezer
    this.sidecars = facets.sidecars
    if (facets.images !== undefined) this.images = facets.images
  }

  async probe(signal?: AbortSignal): Promise<EngineHealth> {
    signal?.throwIfAborted()
    return this.#all.health
  }

  async observe(owner: Owner, signal: AbortSignal): Promise<Observed> {
    signal.throwIfAborted()
    const environment = this.#all.find(owner.environment)
    // A network that does not exist yet has no addresses to give.
    const network = environment?.networks.size === 0 ? undefined : environment?.network
    return {
      at: this.#all.clock.now(),
      engine: this.#all.health,
      replicas: [...(environment?.replicas.values() ?? [])].map((replica) => ({
        ...replica.observe(),
        ...(network === undefined ? {} : { address: network.addressOf(replica.spec.ref.id) }),
      })),
      strays: [...(environment?.strays.values() ?? [])],
      networks: [...(environment?.networks ?? [])],
      volumes: [...(environment?.volumes ?? [])],
      images: this.images?.list ?? [],
      sandboxes: [],
      ...(network === undefined ? {} : { serviceRange: network.serviceRange }),
    }
  }

  hints(owner: Owner, signal: AbortSignal): AsyncIterable<Hint> {
    return this.#all.open(owner.environment).listen(signal)
  }

  async startReplica(spec: ReplicaSpec, signal: AbortSignal): Promise<void> {
    const { owner, id } = spec.ref
    const environment = this.#all.enter(owner, signal)
    const known = environment.replicas.get(id)
    if (known !== undefined) {
      if (known.spec.revision.hash !== spec.revision.hash) throw faults.otherRevision(spec.ref, known.spec.revision.hash)
      if (known.observe().phase !== 'starting') return
      known.discard()
    }
    const changed = (): void => environment.hint(id)
    const replica = new MemoryReplica(spec, { clock: this.#all.clock, behaviour: () => this.#behaviour, changed })
    environment.replicas.set(id, replica)
    changed()
    try {
      await replica.start(signal)
    } catch (error) {
      // What fails leaves nothing, unless a second start of the same replica has taken its place meanwhile.
      if (environment.replicas.get(id) === replica) environment.replicas.delete(id)
      replica.discard()
      changed()
      throw error
    }
  }

  async restartApp(spec: ReplicaSpec, order: { readonly container: string; readonly graceMs: Millis }, signal: AbortSignal): Promise<void> {
    this.#all.enter(spec.ref.owner, signal)
    await this.#all.replica(spec.ref).restart(order.container, { token: spec.restartToken, graceMs: order.graceMs }, signal)
  }

  async stopReplica(of: ReplicaRef, graceMs: Millis, signal: AbortSignal): Promise<void> {
    await this.#all.enter(of.owner, signal).replicas.get(of.id)?.stop(graceMs, signal)
  }

  async removeReplica(of: ReplicaRef, signal: AbortSignal): Promise<void> {
    this.#all.enter(of.owner, signal).discard(of.id)
  }

  async endpoint(of: ReplicaRef, port: number): Promise<Endpoint | undefined> {
    const environment = this.#all.find(of.owner.environment)
    const replica = environment?.replicas.get(of.id)
    if (replica === undefined || replica.observe().phase === 'starting') return undefined
    return { host: environment?.network?.addressOf(of.id) ?? of.id, port }
  }

  logs(of: ReplicaRef, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine> {
    return this.#all.replica(of).log.read(options, signal)
  }

  async removeEnvironment(owner: Owner, signal: AbortSignal): Promise<void> {
    const environment = this.#all.enter(owner, signal)
    for (const id of environment.replicas.keys()) environment.discard(id)
    environment.edge?.close()
    environment.edge = undefined
    await this.meters.remove(owner, signal)
    environment.networks.clear()
    environment.hint()
  }

  async environments(signal?: AbortSignal): Promise<readonly string[]> {
    signal?.throwIfAborted()
    return this.#all.names()
  }

  /** Counts for every container that starts from now on. */
  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour
  }

  /** Ends a container (by default the application's) as if by itself; 137 stands for a kill from outside. */
  crash(environment: string, id: ReplicaId, how: { readonly container?: string; readonly code?: number } = {}): void {
    const replica = this.#replica(environment, id)
    const { container, code = 1 } = how
    const place = container === undefined ? replica.main : replica.need(container)
    place.end(code, code === 137 ? 'SIGKILL' : undefined)
  }

  /** The replica vanishes without a trace, as with the loss of its machine. */
  lose(environment: string, id: ReplicaId): void {
    this.#all.open(environment).discard(id)
  }

  /** What the engine knows to be wrong with a replica, in words. */
  setUnhealthy(environment: string, id: ReplicaId, why: string | undefined): void {
    this.#replica(environment, id).unhealthy = why
    this.#all.open(environment).hint(id)
  }

  setHealth(health: EngineHealth): void {
    this.#all.health = health
  }

  addStray(environment: string, stray: Stray): void {
    this.#all.open(environment).strays.set(stray.id, stray)
    this.#all.open(environment).hint()
  }

  /** Breaks the control channel of the edge; the edge keeps serving its last table. */
  disconnectEdge(environment: string): void {
    this.#all.find(environment)?.edge?.disconnect()
  }

  /** A request of a scenario: held, refused and balanced as by the real edge. */
  async request(environment: string, target: RequestTarget, options: RequestOptions = {}): Promise<Answer> {
    const edge = this.#all.find(environment)?.edge
    return edge === undefined ? { status: 503, waitedMs: 0, detail: 'no edge' } : edge.request(target, options)
  }

  /** A lookup of a scenario, by the address of who asks: what the edge's resolver answers; undefined for a name that does not exist. */
  lookUp(environment: string, name: string, client = ''): readonly string[] | undefined {
    return this.#all.find(environment)?.edge?.lookUp(name, client)
  }

  #replica(environment: string, id: ReplicaId): MemoryReplica {
    return this.#all.replica({ owner: { environment, instance: '' }, id })
  }
}
