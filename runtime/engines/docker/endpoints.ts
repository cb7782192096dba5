import type Docker from 'dockerode'
import type { Endpoint, ReplicaRef } from '../../../src/model/engine.ts'
import { joinedSandbox, networksOf, ours } from './containers.ts'
import type { DockerContext } from './context.ts'
import { LABELS } from './labels.ts'
import { names } from './place.ts'
import { readPodRecord } from './pod-record.ts'

type Listed = readonly Docker.ContainerInfo[]

/** Tells where ports of replicas are. The control core asks for all of them at once, and one list of the engine answers them all. */
export class EndpointBook {
  readonly #context: DockerContext
  /** Lists by environment that were not asked for yet. */
  readonly #waiting = new Map<string, Promise<Listed>>()

  constructor(context: DockerContext) {
    this.#context = context
  }

  /** The address of a port that a running container of the replica declares or is probed at. */
  async find(of: ReplicaRef, port: number): Promise<Endpoint | undefined> {
    return this.#first(of, port, (ports) => ports.includes(port))
  }

  /** The address of any port of a replica that runs, for connections that people ask for. */
  async reach(of: ReplicaRef, port: number): Promise<Endpoint | undefined> {
    return this.#first(of, port, () => true)
  }

  async #first({ owner, id }: ReplicaRef, port: number, serves: (ports: readonly number[]) => boolean): Promise<Endpoint | undefined> {
    const network = names.network(this.#context.place, owner.environment)
    const listed = await this.#list(owner.environment)
    for (const container of listed) {
      const record = container.Labels[LABELS.role] === 'pod' ? readPodRecord(container.Labels) : undefined
      if (record?.replica !== id || record.role === 'init' || !serves(record.ports)) continue
      const sandbox = listed.find(({ Id }) => Id === joinedSandbox(container))
      const address = sandbox === undefined ? '' : (networksOf(sandbox)[network]?.IPAddress ?? '')
      if (address !== '') return { host: address, port }
    }
    return undefined
  }

  /** Whoever asks before the request leaves shares it; an answer that is under way may be older than the question. */
  #list(environment: string): Promise<Listed> {
    const known = this.#waiting.get(environment)
    if (known !== undefined) return known
    const listing = Promise.resolve().then(() => {
      this.#waiting.delete(environment)
      return this.#context.docker.listContainers({ filters: ours(this.#context, { environment, instance: '' }) })
    })
    this.#waiting.set(environment, listing)
    return listing
  }
}
