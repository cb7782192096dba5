import { after, type Instant, type Millis } from '../../../../../src/kernel/instant.ts'
import type { Owner, ReplicaRef } from '../../../../../src/model/engine.ts'
import { ours } from '../../containers.ts'
import type { DockerContext } from '../../context.ts'
import { LABELS } from '../../labels.ts'

/** How old a list may be: so long a container that was added to a running replica may be missed. */
const MAX_AGE: Millis = 5000

interface Listing {
  readonly at: Instant
  /** Ids of containers that run, by replica; empty for a replica of which none does. */
  readonly running: ReadonlyMap<string, readonly string[]>
}

/** Which containers of a replica run, from one list of the environment for all of its replicas. */
export class RunningIndex {
  readonly #context: DockerContext
  readonly #known = new Map<string, Listing>()
  readonly #pending = new Map<string, Promise<Listing>>()

  constructor(context: DockerContext) {
    this.#context = context
  }

  /** Undefined when there is no such replica. */
  async find({ owner, id }: ReplicaRef): Promise<readonly string[] | undefined> {
    const { environment } = owner
    const known = this.#known.get(environment)
    const isFresh = known !== undefined && after(known.at, MAX_AGE) > this.#context.clock.now()
    const found = isFresh ? known.running.get(id) : undefined
    if (found !== undefined) return found
    // Who asks while a list is under way shares it, unless it does not know the replica: that may be younger.
    const pending = this.#pending.get(environment)
    const shared = pending === undefined ? undefined : (await pending).running.get(id)
    return shared ?? (await this.#list(owner)).running.get(id)
  }

  /** What was listed is no longer so. */
  forget(environment: string): void {
    this.#known.delete(environment)
  }

  #list(owner: Owner): Promise<Listing> {
    const { environment } = owner
    const known = this.#pending.get(environment)
    if (known !== undefined) return known
    const listing = this.#ask(owner).finally(() => this.#pending.delete(environment))
    this.#pending.set(environment, listing)
    return listing
  }

  async #ask(owner: Owner): Promise<Listing> {
    const listed = await this.#context.docker.listContainers({ all: true, filters: ours(this.#context, owner, 'pod') })
    const running = new Map<string, string[]>()
    for (const { Id: id, Labels: labels, State: state } of listed) {
      const replica = labels[LABELS.replica] ?? ''
      const ids = running.get(replica) ?? []
      running.set(replica, ids)
      if (state === 'running' || state === 'paused') ids.push(id)
    }
    const listing = { at: this.#context.clock.now(), running }
    if (running.size > 0) this.#known.set(owner.environment, listing)
    else this.#known.delete(owner.environment)
    return listing
  }
}
