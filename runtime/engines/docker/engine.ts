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
import { EngineHolder } from './engine-holder.ts'
import { listEnvironments, removeEnvironment } from './environments.ts'
import { type DockerFacets, dockerFacets } from './facets.ts'
import type { Abilities } from './health.ts'
import { readHints } from './hints.ts'
import type { DockerEngineOptions } from './options.ts'
import { WatchedHome } from './watched-home.ts'

const never = new AbortController().signal

/** Runs replicas as containers. One engine for all environments of a state directory; it is looked for when it is first used. */
export class DockerEngine implements Engine {
  readonly name = 'docker'
  readonly traits: EngineTraits = { runs: 'images', serviceNames: 'resolved', virtualTime: false }
  readonly edge: DockerFacets['edge']
  readonly meters: DockerFacets['meters']
  readonly networks: DockerFacets['networks']
  readonly volumes: DockerFacets['volumes']
  readonly images: DockerFacets['images']
  readonly sandboxes: DockerFacets['sandboxes']
  readonly exec: DockerFacets['exec']
  readonly copy: DockerFacets['copy']
  readonly processes: DockerFacets['processes']
  readonly connections: DockerFacets['connections']
  /** Absent on an engine that cannot do it, once it was asked. */
  declare freezer?: DockerFacets['freezer']
  declare stats?: DockerFacets['stats']
  readonly #holder: EngineHolder
  readonly #facets: DockerFacets
  readonly #home: WatchedHome
  #imagesGo = false

  constructor(options: DockerEngineOptions) {
    this.#holder = new EngineHolder({ ...options, onAbilities: (abilities) => this.#adjust(abilities) })
    this.#facets = dockerFacets(this.#holder.use)
    const { edge, meters, networks, volumes, images, sandboxes, exec, copy, processes, connections } = this.#facets
    this.edge = edge
    this.meters = meters
    this.#home = new WatchedHome(options.home)
    this.networks = this.#home.networks(networks)
    this.volumes = volumes
    this.images = { ...images, remove: (ref, signal) => this.#removeImage(images, ref, signal) }
    this.sandboxes = sandboxes
    this.exec = exec
    this.copy = copy
    this.processes = processes
    this.connections = connections
    this.#adjust({ freeze: true, stats: true })
  }

  probe(signal: AbortSignal): Promise<EngineHealth> {
    return this.#holder.probe(signal)
  }

  observe(owner: Owner, signal: AbortSignal): Promise<Observed> {
    return this.#holder.use(`list what environment ${owner.environment} has`, signal, ({ observer }) => observer.observe(owner, signal))
  }

  hints(owner: Owner, signal: AbortSignal): AsyncIterable<Hint> {
    return this.#holder.stream('tell of changes', signal, (parts) => readHints(parts.hints, owner, signal))
  }

  async startReplica(spec: ReplicaSpec, signal: AbortSignal): Promise<void> {
    this.#home.mark(spec.ref.owner)
    await this.#holder.use(`start replica ${spec.ref.id}`, signal, ({ pods }) => pods.startReplica(spec, signal))
  }

  restartApp(spec: ReplicaSpec, options: { readonly container: string; readonly graceMs: Millis }, signal: AbortSignal): Promise<void> {
    return this.#holder.use(`restart container ${options.container} of replica ${spec.ref.id}`, signal, ({ pods }) =>
      pods.restartApp(spec, options, signal),
    )
  }

  stopReplica(of: ReplicaRef, graceMs: Millis, signal: AbortSignal): Promise<void> {
    return this.#holder.use(`stop replica ${of.id}`, signal, ({ pods }) => pods.stopReplica(of, graceMs, signal))
  }

  removeReplica(of: ReplicaRef, signal: AbortSignal): Promise<void> {
    return this.#holder.use(`remove replica ${of.id}`, signal, ({ pods }) => pods.removeReplica(of, signal))
  }

  endpoint(of: ReplicaRef, port: number): Promise<Endpoint | undefined> {
    return this.#holder.use(`say where replica ${of.id} is`, never, ({ endpoints }) => endpoints.find(of, port))
  }

  logs(of: ReplicaRef, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine> {
    return this.#holder.stream(`read the output of replica ${of.id}`, signal, ({ pods }) => pods.logs(of, options, signal))
  }

  async removeEnvironment(owner: Owner, signal: AbortSignal): Promise<void> {
    await this.#holder.use(`remove environment ${owner.environment}`, signal, ({ context, edge, meters }) =>
      removeEnvironment({ context, hosts: [edge, meters] }, owner, signal),
    )
    this.#home.gone(owner)
    if (!this.#imagesGo) return
    this.#imagesGo = false
    await this.#holder.use('remove the image of edges and sandboxes', signal, ({ house }) => house.remove(signal))
  }

  /** Who wants the images of an environment gone wants ours gone as well, once no other environment uses it. */
  #removeImage(images: DockerFacets['images'], ref: string, signal: AbortSignal): Promise<void> {
    this.#imagesGo = true
    return images.remove(ref, signal)
  }

  async environments(signal: AbortSignal): Promise<readonly string[]> {
    if (!this.#home.hasContainers) return []
    return this.#holder.look('list environments', signal, ({ context }) => listEnvironments(context, signal))
  }

  /** Closes idle connections, and ends what lives with this process only; other containers stay as they are. */
  async release(): Promise<void> {
    await this.#holder.close()
  }

  #adjust({ freeze, stats }: Abilities): void {
    if (freeze) this.freezer = this.#facets.freezer
    else delete this.freezer
    if (stats) this.stats = this.#facets.stats
    else delete this.stats
  }
}
