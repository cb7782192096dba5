/** Takes turns over a list that may change between two picks; an item that is not usable at its turn is passed over. */
export class RoundRobin {
  #next = 0

  pick<T>(items: readonly T[], usable: (item: T) => boolean): T | undefined {
    const count = items.length
    let index = this.#next < count ? this.#next : 0
    for (let tried = 0; tried < count; tried++) {
      const item = items[index]
      index = index + 1 < count ? index + 1 : 0
      if (item !== undefined && usable(item)) {
        this.#next = index
        return item
      }
    }
    return undefined
  }
}

/** The item with the least load of those that are usable; equal ones take turns. */
export class LeastLoaded {
  #next = 0

  pick<T>(items: readonly T[], usable: (item: T) => boolean, loadOf: (item: T) => number): T | undefined {
    const count = items.length
    let best: T | undefined
    let bestIndex = -1
    let least = Number.POSITIVE_INFINITY
    for (let tried = 0; tried < count; tried++) {
      const index = (this.#next + tried) % count
      const item = items[index]
      if (item === undefined || !usable(item)) continue
      const load = loadOf(item)
      if (load >= least) continue
      best = item
      bestIndex = index
      least = load
    }
    if (best !== undefined) this.#next = (bestIndex + 1) % count
    return best
  }
}
