import type { EdgeMessage, RequestRecord } from '../../../src/model/edge.ts'
import { eventually } from '../../kit/eventually.ts'
import type { EdgeWorld } from './edge-world.ts'

/** Everything that an edge told of requests since it was asked to. */
export class Followed {
  readonly #world: EdgeWorld
  readonly #id: number

  constructor(world: EdgeWorld, { id = 1, last = 100 } = {}) {
    this.#world = world
    this.#id = id
    world.send({ type: 'follow-requests', on: true, last, id })
  }

  get messages(): readonly Extract<EdgeMessage, { type: 'requests' }>[] {
    return this.#world.all('requests').filter((message) => message.id === this.#id)
  }

  get records(): readonly RequestRecord[] {
    return this.messages.flatMap(({ records }) => records)
  }

  async until(count: number): Promise<readonly RequestRecord[]> {
    return eventually(() => {
      const { records } = this
      if (records.length < count) throw new Error(`not told yet: ${JSON.stringify(records)}`)
      return records
    })
  }
}
