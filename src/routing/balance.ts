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
