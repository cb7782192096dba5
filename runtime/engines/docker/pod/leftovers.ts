import type { Owner } from '../../../../src/model/engine.ts'
import { ours } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { LABELS } from '../labels.ts'
import { removeAtOnce } from './remove-at-once.ts'
import { together } from './together.ts'

/** Ends what daemons that are gone left behind and nobody goes on with: one-offs, and what they used to fill volumes. */
export class Leftovers {
  readonly #context: DockerContext
  /** Looked for once for each environment: from then on there are only those of this daemon. */
  readonly #done = new Map<string, Promise<void>>()

  constructor(context: DockerContext) {
    this.#context = context
  }

  /** Repeatable; a failure is tried again by the next call. */
  remove(owner: Owner): Promise<void> {
    const key = `${owner.environment} ${owner.instance}`
    const known = this.#done.get(key)
    if (known !== undefined) return known
    const removal = this.#remove(owner)
    this.#done.set(key, removal)
    removal.catch(() => this.#done.delete(key))
    return removal
  }

  async #remove(owner: Owner): Promise<void> {
    const listed = await this.#context.docker.listContainers({ all: true, filters: ours(this.#context, owner, 'one-off') })
    const others = listed.filter(({ Labels: labels }) => labels[LABELS.instance] !== owner.instance)
    await together(others.map(({ Id: id }) => removeAtOnce(this.#context, id)))
  }
}
