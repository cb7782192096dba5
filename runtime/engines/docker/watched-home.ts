import type { NetworkFacet, Owner } from '../../../src/model/engine.ts'
import { forgetElsewhere, isAnythingElsewhere, isElsewhere, markElsewhere } from '../../process-identity/elsewhere.ts'

/** Leaves signs in the state directory, so that the guard stays while there are containers and has a daemon remove them at the end. */
export class WatchedHome {
  readonly #home: string

  constructor(home: string) {
    this.#home = home
  }

  /** False as long as nothing was ever made here: then no engine need be asked. */
  get hasContainers(): boolean {
    return isAnythingElsewhere(this.#home)
  }

  /** The network is the first thing of an environment. */
  networks(facet: NetworkFacet): NetworkFacet {
    return {
      ...facet,
      ensure: async (name, owner, signal) => {
        this.mark(owner)
        await facet.ensure(name, owner, signal)
      },
    }
  }

  /** Before anything is made. */
  mark({ environment }: Owner): void {
    if (!isElsewhere(this.#home, environment)) markElsewhere(this.#home, environment)
  }

  gone({ environment }: Owner): void {
    forgetElsewhere(this.#home, environment)
  }
}
