import type { ComponentWorld } from './component-world.ts'

/** Hands out ordinals of one component: the lowest that no replica of any revision uses. */
export class Ordinals {
  readonly #used: Set<number>
  /** Given back by removals that the plan contains, ascending. */
  readonly #freed: number[] = []
  #next = 0

  constructor(world: ComponentWorld) {
    this.#used = new Set([...world.observed, ...world.starting].map(({ ordinal }) => ordinal))
  }

  take(): number {
    while (this.#used.has(this.#next)) this.#next++
    const freed = this.#freed[0]
    if (freed !== undefined && freed < this.#next) {
      this.#freed.shift()
      return freed
    }
    return this.#next++
  }

  /** From now on the ordinal of a replica that is gone by then is free again. */
  release(ordinal: number): void {
    const place = this.#freed.findIndex((known) => known > ordinal)
    this.#freed.splice(place < 0 ? this.#freed.length : place, 0, ordinal)
  }
}

/** The ordinal after the highest in use, at least the first: jobs never use one twice. */
export function nextOrdinal(world: ComponentWorld, first = 0): number {
  let highest = first - 1
  for (const { ordinal } of world.observed) highest = Math.max(highest, ordinal)
  for (const { ordinal } of world.starting) highest = Math.max(highest, ordinal)
  return highest + 1
}
