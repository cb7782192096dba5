import type { Instant } from '../../../src/kernel/instant.ts'
import type { Owner } from '../../../src/model/engine.ts'
import type { EngineHealth, Observed, ObservedReplica } from '../../../src/model/observed.ts'
import { FactBook } from './container-facts.ts'
import { ours } from './containers.ts'
import type { DockerContext } from './context.ts'
import { LABELS } from './labels.ts'
import { findNetwork, serviceRange } from './network.ts'
import { observeReplica, type SeenContainer } from './observe-replica.ts'
import { names } from './place.ts'
import { type ContainersByRole, sortContainers } from './sort-containers.ts'
import { listVolumes } from './volumes.ts'

/** What else an observation tells. */
export interface ObserverParts {
  readonly context: DockerContext
  readonly listImages: (signal: AbortSignal) => Promise<Observed['images']>
  /** As the last probe found the engine. */
  readonly health: () => EngineHealth
}

/** Looks at environments: everything is told by labels, the rest is only kept so that it need not be asked again. */
export class EnvironmentObserver {
  readonly facts: FactBook
  readonly #parts: ObserverParts
  /** By environment: when something that has no time of its own was noticed first. */
  readonly #noticed = new Map<string, Map<string, Instant>>()

  constructor(parts: ObserverParts) {
    this.#parts = parts
    this.facts = new FactBook(parts.context)
  }

  async observe(owner: Owner, signal: AbortSignal): Promise<Observed> {
    const { context, listImages, health } = this.#parts
    const [seen, network, volumes, images] = await Promise.all([
      this.#look(owner, signal),
      findNetwork(context, owner, signal),
      listVolumes(context, owner, signal),
      listImages(signal),
    ])
    return {
      at: context.clock.now(),
      engine: health(),
      replicas: this.#replicas(owner, seen),
      strays: seen.strays,
      networks: network === undefined ? [] : [owner.environment],
      volumes,
      images,
      sandboxes: [...seen.sandboxes.values()].flatMap(({ component, ordinal, address }) =>
        address === undefined ? [] : [{ component, ordinal }],
      ),
      ...(network === undefined ? {} : { serviceRange: serviceRange(network.subnet) }),
    }
  }

  async #look(owner: Owner, signal: AbortSignal): Promise<ContainersByRole> {
    const { docker, place } = this.#parts.context
    const listed = await docker.listContainers({ all: true, filters: ours(this.#parts.context, owner), abortSignal: signal })
    const wanted = listed.filter(({ Labels: labels }) => labels[LABELS.role] === 'pod' || labels[LABELS.role] === 'sandbox')
    const facts = await this.facts.of(owner.environment, wanted, signal)
    return sortContainers(wanted, facts, names.network(place, owner.environment))
  }

  #replicas(owner: Owner, { pods, sandboxes }: ContainersByRole): readonly ObservedReplica[] {
    const { restarts, clock } = this.#parts.context
    const { environment } = owner
    const known = this.#noticed.get(environment)
    const noticed = new Map<string, Instant>()
    this.#noticed.set(environment, noticed)
    const around = {
      sandboxes,
      noticed: (what: string): Instant => {
        const at = known?.get(what) ?? clock.now()
        noticed.set(what, at)
        return at
      },
      restartsOf: (replica: ObservedReplica['id'], container: string, seen: number) =>
        restarts.see({ environment, replica, container }, seen),
    }
    const byReplica = new Map<ObservedReplica['id'], SeenContainer[]>()
    for (const pod of pods) {
      const { replica } = pod.record
      const others = byReplica.get(replica)
      if (others === undefined) byReplica.set(replica, [pod])
      else others.push(pod)
    }
    const replicas = [...byReplica.values()].flatMap((containers) => observeReplica(containers, around) ?? [])
    restarts.keep(environment, new Set(byReplica.keys()))
    return replicas.sort((left, right) => (left.id < right.id ? -1 : 1))
  }
}
